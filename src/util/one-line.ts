import { plainText } from './plain-text.ts';

/** Text on one line, without control characters, cut at `limit` characters. */
export function oneLine(text: string, limit: number): string {
  const flat = unwrapped(plainText(text.slice(0, limit * 4)));
  return flat.length <= limit
    ? flat
    : `${flat
        .slice(0, limit - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
}

/** Text on one line, whole and with all its other characters. */
export const unwrapped = (text: string): string => text.replace(/\s+/g, ' ').trim();
