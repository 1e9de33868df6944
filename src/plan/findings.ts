import type { Diagnostic, Level } from './plan.ts';
import { type Place, printable } from './text.ts';

/** Where a finding is shown: without line and column the whole file is meant. */
export type At = { file: string } & Partial<Place>;

type Add = (code: string, at: At, message: string, options?: { hint?: string | undefined }) => void;

/** Collects everything that is to be said about a plan; nothing is thrown. */
export interface Findings {
  error: Add;
  warning: Add;
  note: Add;
  list: Diagnostic[];
}

/** More findings than this are no help to anybody, and hostile input could make millions. */
const MAX_FINDINGS = 20_000;

export function collectFindings(): Findings {
  const list: Diagnostic[] = [];
  const seen = new Set<string>();
  const at =
    (level: Level): Add =>
    (code, { file, line = 1, column = 1 }, message, { hint } = {}) => {
      const key = `${code} ${file} ${line} ${column} ${message}`;
      // An error is never dropped for want of room: it alone decides whether the plan may run.
      if (seen.has(key) || (list.length >= MAX_FINDINGS && level !== 'error')) return;
      if (list.length >= 2 * MAX_FINDINGS) return;
      seen.add(key);
      const text = { message: printable(message), ...(hint === undefined ? {} : { hint: printable(hint) }) };
      list.push({ code, level, file, line, column, ...text });
    };
  return { error: at('error'), warning: at('warning'), note: at('note'), list };
}

/** By file (the manifest first), then by position, then by level. */
export function inReadingOrder(list: readonly Diagnostic[]): Diagnostic[] {
  const rank = { error: 0, warning: 1, note: 2 };
  const byFile = (a: string, b: string) =>
    a === b ? 0 : a === 'manifest.json' ? -1 : b === 'manifest.json' ? 1 : a < b ? -1 : 1;
  return [...list].sort(
    (a, b) => byFile(a.file, b.file) || a.line - b.line || a.column - b.column || rank[a.level] - rank[b.level],
  );
}
