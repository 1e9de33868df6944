/** Kinds of defects, as the table in docs/verification.md names them. */
export const KINDS = [
  'file outside the scope',
  'file behind a boundary',
  'symbol outside the scope',
  'symbol behind a boundary',
  'contract changed',
  'renamed field',
  'changed enum',
  'missing endpoint',
  'wrong method',
  'broken type',
  'test that fails on the merged tree only',
  'failure that the base has',
  'flaky test',
  'silent conflict',
] as const;
export type Kind = (typeof KINDS)[number];

/** What one task does: the files it leaves, whole, or by replacing text in those of the base; null: deleted. */
export interface Work {
  create?: string[];
  modify?: string[];
  boundary?: string[];
  contracts?: string[];
  /** What its task file asks for. */
  does?: string;
  files: Record<string, string | null | [from: string, to: string][]>;
}

/** What a report has to say. */
export interface Expected {
  /** As SARIF names it: `scope/outside`. */
  rule: string;
  file: string;
  /** Stands in the line that is meant; absent: line 1; null: the file is named without a line. */
  at?: string | null;
  /** Which of the works are named, and no other; default the first. */
  by?: number[];
}

/** A defect that is put into a plan, and how it must be named. */
export interface Fault {
  kind: Kind;
  name: string;
  works: Work[];
  /** A program without which the checks of the project say nothing. */
  needs?: string;
  expect: Expected[];
  /** Not to be found in SARIF: what fails at the base as well is known, and nobody's doing. */
  known?: true;
  /** Nothing finds it: the table says so, and the day something does. */
  uncaught?: true;
}

/** What looks like a defect and is none: nothing may be said of it. */
export interface CleanVariant {
  name: string;
  works: Work[];
}

/** A repository with all that is put into it. */
export interface Suite {
  language: 'TypeScript' | 'Python' | 'Go';
  base: Record<string, string>;
  config?: object;
  /** Of the plan, by their names in `contracts/`. */
  contracts: Record<string, string>;
  /** By where they show. */
  faults: Record<'branches' | 'the merged tree', Fault[]>;
  clean: CleanVariant[];
}
