/** A statement of SQL in words: what is in brackets is one word with its own words. */
export interface Word {
  /** As written; a quoted name without its quotes, a string with them. */
  text: string;
  line: number;
  /** Of a bracket: what is in it. */
  inside?: Word[];
  /** A name in quotes is no keyword. */
  quoted?: true;
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|`[^`]*`|\[[A-Za-z_][^\]\n]*\]|[A-Za-z_][\w$]*|\d+(?:\.\d+)?|::|\n|\S/g;

/** The statements of a text. Nothing is refused: what is no SQL gives statements that nobody knows. */
export function statementsOf(sql: string): Word[][] {
  const statements: Word[][] = [];
  const open: Word[][] = [[]];
  let line = 1;
  for (const [token] of sql.matchAll(TOKEN)) {
    const place = line;
    line += token.split('\n').length - 1;
    const into = open.at(-1)!;
    if (token === '\n' || /^(?:--|\/\*|#)/.test(token)) continue;
    if (token === '(') {
      const inside: Word[] = [];
      into.push({ text: '(', line: place, inside });
      open.push(inside);
    } else if (token === ')') {
      if (open.length > 1) open.pop();
    } else if (token === ';') {
      statements.push(open[0]!);
      open.splice(0, open.length, []);
    } else into.push(wordOf(token, place));
  }
  return [...statements, open[0]!].filter((words) => words.length > 0);
}

function wordOf(token: string, line: number): Word {
  const quoted = /^"([\s\S]*)"$|^`([\s\S]*)`$|^\[([\s\S]+)\]$/.exec(token);
  if (quoted) return { text: quoted[1] ?? quoted[2] ?? quoted[3]!, line, quoted: true };
  return { text: token, line };
}

/** The parts of a list, which commas part. */
export function partsOf(words: readonly Word[]): Word[][] {
  const parts: Word[][] = [[]];
  for (const word of words) {
    if (word.text === ',' && !word.quoted) parts.push([]);
    else parts.at(-1)!.push(word);
  }
  return parts.filter((part) => part.length > 0);
}

/** Whether words begin so, in any case. */
export function beginsWith(words: readonly Word[], ...expected: string[]): boolean {
  return expected.every((each, index) => isWord(words[index], each));
}

export function isWord(word: Word | undefined, text: string): boolean {
  return word !== undefined && !word.quoted && !word.inside && word.text.toUpperCase() === text;
}
