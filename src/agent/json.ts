/** A JSON object of unknown origin; read it with the functions below, which never throw. */
export type Json = Readonly<Record<string, unknown>>;

/** The object on one line of a transcript; null for anything else, such as half a line or a stray print. */
export function parseObject(line: string): Json | null {
  const text = line.trim();
  if (!text.startsWith('{')) return null;
  try {
    return object(JSON.parse(text));
  } catch {
    return null;
  }
}

export function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A finite number that is not negative; null for anything else. */
export function amount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
