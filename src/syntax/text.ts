import type { Node } from './parse.ts';

/** Between two pieces of text, so that `a b` and `ab` differ. */
const END = '\u0001';

export function isComment(type: string): boolean {
  return type.endsWith('comment');
}

/**
 * Writes what a node says: its words and how they nest, without comments, the space between words and the comma behind a last element.
 * Two texts that are written alike mean the same; where space has a meaning (strings, Python's indentation), it is in what is written.
 */
export function writeText(node: Node, text: string, out: string[]): void {
  const cursor = node.walk();
  const ends: number[] = [];
  const types: string[] = [];
  const commas = trailingCommas(out);
  let last = node.startIndex;
  const enter = (): boolean => {
    const { nodeType, startIndex, endIndex } = cursor;
    writeGap(text.slice(last, startIndex), ends.length > 0, out);
    if (!isComment(nodeType) && cursor.gotoFirstChild()) {
      commas.pass();
      out.push(`(${nodeType}`);
      ends.push(endIndex);
      types.push(nodeType);
      last = startIndex;
      return true;
    }
    if (!isComment(nodeType)) commas.meet(text.slice(startIndex, endIndex), types.at(-1));
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
        commas.pass();
        out.push(')');
        types.pop();
        cursor.gotoParent();
        continue;
      }
    }
    down = enter();
  }
  cursor.delete();
}

/** Takes back the comma before a bracket that closes, which formatters add when they break lines. */
function trailingCommas(out: string[]) {
  let before = '';
  let comma: number | null = null;
  return {
    /** Something that is no word follows, or ends. */
    pass() {
      comma = null;
      before = '';
    },
    /** A word follows, in a node of this type. */
    meet(word: string, type: string | undefined) {
      if (comma !== null && CLOSING.test(word)) out.splice(comma, 2);
      // Two commas leave something out: `[a,,]`.
      const ends = word === ',' && !/^[[({,]$/.test(before) && !(type !== undefined && EXACT.has(type));
      comma = ends ? out.length : null;
      before = word;
    },
  };
}

const CLOSING = /^[\])}]$/;

/** Where one element with a comma is not the same as without. */
const EXACT = new Set(['subscript', 'tuple_type', 'tuple_pattern', 'token_tree']);

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
