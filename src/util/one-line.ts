import { plainText } from './plain-text.ts';

/** Text on one line, without control characters, cut at `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const flat = plainText(text.slice(0, limit * 4))
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length <= limit
    ? flat
    : `${flat
        .slice(0, limit - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
}
