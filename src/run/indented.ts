import { plainText } from '../util/plain-text.ts';
import { oneLine } from './describe.ts';

/** Lines of a list at most. */
export const MAX_LINES = 60;

/** A list, an item a line: text of others that never reads as a section of a prompt. */
export function indentedList(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_LINES).map((line) => `    ${oneLine(line, 300)}`);
  return lines.length > MAX_LINES
    ? [...shown, `    … and ${lines.length - MAX_LINES} more`].join('\n')
    : shown.join('\n');
}

/** The end of an output, of so many characters. */
export function indentedTail(text: string, limit: number): string {
  const lines = plainText(text.slice(-limit)).trimEnd().split('\n').slice(-MAX_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}

/** The beginning of a text, in so many characters, and how much is missing. */
export function indentedHead(text: string, limit: number): string {
  const plain = plainText(text.slice(0, limit + 1)).trimEnd();
  const shown = plain
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  if (text.length <= limit && shown.length <= limit) return shown;
  return `${shown.slice(0, limit).trimEnd()}\n    … (cut: ${text.length} characters in all)`;
}
