import type { Output } from './context.ts';

type Paint = (text: string) => string;

/** Colours for one stream; every function gives its text back unchanged where colours are not wanted. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  yellow: Paint;
  green: Paint;
  cyan: Paint;
}

/** Colours on a terminal, unless NO_COLOR is set (no-color.org). */
export function styleFor(output: Output, env: NodeJS.ProcessEnv): Style {
  const on = output.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (open: number, close: number): Paint =>
    on ? (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`) : (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    yellow: paint(33, 39),
    green: paint(32, 39),
    cyan: paint(36, 39),
  };
}

/** Breaks words into lines of at most `width` columns; a longer word stands alone. Never an empty list. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `1 task`, `2 tasks`, `1,000 tasks`. */
export function count(number: number, noun: string): string {
  return `${String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')} ${noun}${number === 1 ? '' : 's'}`;
}
