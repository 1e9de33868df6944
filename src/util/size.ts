const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `12 MB`; powers of 1000. */
export function formatBytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** Bytes of `2G`, `500MB`, `1.5 GB`, or a plain number of bytes; powers of 1000. Null when it is none. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt])?b?\s*$/i.exec(text);
  if (!match) return null;
  const power = match[2] === undefined ? 0 : 'kmgt'.indexOf(match[2].toLowerCase()) + 1;
  const bytes = Math.round(Number(match[1]) * 1000 ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
