/**
 * What makes a complaint the same on another commit: its file, its rule and its words. Numbers in the words may be lines and
 * columns, which move; the line itself is not part of it.
 */
export function fingerprint(file: string, rule: string, text: string): string {
  const words = text
    .replace(/0x[0-9a-f]+/gi, '#')
    .replace(/\d+(?:\.\d+)?/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
  return [file, rule, words].filter(Boolean).join(' ');
}
