import type { Node } from './parse.ts';

/** Between two pieces of text, so that `a b` and `ab` differ. */
const END = '\u0001';

export function isComment(type: string): boolean {
  return type.endsWith('comment');
}

/**
 * Writes what a node says: its words and how they nest, without comments and the space between words. Two texts that are
 * written alike mean the same; where space has a meaning (strings, Python's indentation), it is in what is written.
 */
export function writeText(node: Node, text: string, out: string[]): void {
  const cursor = node.walk();
  const ends: number[] = [];
  let last = node.startIndex;
  const enter = (): boolean => {
    const { nodeType, startIndex, endIndex } = cursor;
    writeGap(text.slice(last, startIndex), ends.length > 0, out);
    if (!isComment(nodeType) && cursor.gotoFirstChild()) {
      out.push(`(${nodeType}`);
      ends.push(endIndex);
      last = startIndex;
      return true;
    }
    if (!isComment(nodeType)) writeWord(text.slice(startIndex, endIndex), cursor.nodeIsNamed, nodeType, out);
    last = Math.max(last, endIndex);
    return false;
  };
  let down = enter();
  while (down || ends.length > 0) {
    if (!down) {
      if (!cursor.gotoNextSibling()) {
        const end = ends.pop()!;
        writeGap(text.slice(last, end), true, out);
        last = Math.max(last, end);
        out.push(')');
        cursor.gotoParent();
        continue;
      }
    }
    down = enter();
  }
  cursor.delete();
}

function writeWord(word: string, isNamed: boolean, type: string, out: string[]): void {
  const bare = type === 'jsx_text' ? word.replace(/\s+/g, ' ').trim() : word;
  // Line ends are words in some grammars.
  if (bare.trim() === '' && (!isNamed || type === 'jsx_text')) return;
  out.push(bare, END);
}

/** Text between the parts of a node that is no node: some grammars have such in strings. */
function writeGap(gap: string, inside: boolean, out: string[]): void {
  if (inside && gap.trim() !== '') out.push(gap, END);
}
