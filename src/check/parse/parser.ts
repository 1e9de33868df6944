import type { Case } from '../../run/check.ts';

/** What an output says. `counts`: as its summary has them, where not every case is named; null where it has none. */
export interface Parsed {
  cases: Case[];
  counts: Counts | null;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads the output of one kind of tool: plain text, paths relative to the tree. Null: this is no output of that kind. */
export type Parser = (output: string) => Parsed | null;

const MAX_MESSAGE = 4_000;

/** A case without the fields that nobody filled in. */
export function caseOf(fields: {
  id: string;
  name: string;
  file?: string | undefined;
  line?: string | number | undefined;
  outcome: Case['outcome'];
  message?: string | undefined;
}): Case {
  const { id, name, outcome, file, message } = fields;
  const line = Number(fields.line);
  const said = message?.trim().slice(0, MAX_MESSAGE);
  return { id, name, outcome, ...(file && { file }), ...(line > 0 && { line }), ...(said && { message: said }) };
}

export function countsOf(cases: readonly Case[]): Counts {
  const of = (outcome: Case['outcome']) => cases.filter((each) => each.outcome === outcome).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

/** The number before a word of a summary line: `3 failed, 2 passed`. */
export function countBefore(word: string, line: string): number {
  return Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
}
