import { plainText } from '../util/plain-text.ts';

/** The text on one line of at most `max` UTF-16 units, an ellipsis included; never ends in half a character. */
export function oneLine(text: string, max = 200): string {
  // Cutting first keeps a megabyte of tool input from being searched for a line of 200 characters.
  const line = plainText(cut(text, max * 20))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= max ? line : `${cut(line, max - 1).trimEnd()}…`;
}

/** The first lines of a text, at most `lines` and `max` characters of them, and how many lines were left out. */
export function firstLines(text: string, lines: number, max: number): string {
  const all = plainText(text).trimEnd().split('\n');
  const shown = cut(all.slice(0, lines).join('\n'), max);
  const more = all.length - shown.split('\n').length;
  return more > 0 ? `${shown}\n… ${more} more line${more === 1 ? '' : 's'}` : shown;
}

/** What a tool gave, for a log: its first lines, marked with an arrow, or a cross when it failed; null when there is nothing. */
export function outputLines(text: string, failed: boolean): string | null {
  const shown = firstLines(text, 12, 2000);
  if (shown.trim() === '') return null;
  return shown
    .split('\n')
    .map((row, index) => `${index > 0 ? ' ' : failed ? '✗' : '←'} ${row}`)
    .join('\n');
}

/** The first line of an agent's last words that is neither JSON nor a code fence. */
export function firstProse(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => /^\s*[^\s`{}[\]"]/.test(line))
      ?.trim() ?? ''
  );
}

/** The last line of a text that is not blank, `''` when there is none. */
export function lastLine(text: string): string {
  return plainText(text).trimEnd().split('\n').at(-1)!.trim();
}

function cut(text: string, max: number): string {
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return text.slice(0, end);
}
