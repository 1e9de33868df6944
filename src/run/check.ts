/** What a check of the merged tree looks at. */
export const CHECK_KINDS = ['tests', 'type-check', 'lint', 'build', 'migrations'] as const;
/** `merge`: what merging alone has made, and contracts that the merged tree breaks: copse looks for that itself. */
export type CheckKind = (typeof CHECK_KINDS)[number] | 'merge';

/** How the output of a check is read. */
export const PARSER_NAMES = [
  'auto',
  'tap',
  'junit',
  'pytest',
  'vitest',
  'jest',
  'go-test',
  'cargo',
  'lines',
  'files',
  'none',
] as const;
export type ParserName = (typeof PARSER_NAMES)[number];

/** One test, or one complaint of a compiler or a linter. */
export interface Case {
  /** The same on another commit where only lines moved; two of one output may share it. */
  id: string;
  name: string;
  /** Relative to the top of the tree where it lies in it; lines from 1. */
  file?: string;
  line?: number;
  outcome: 'passed' | 'failed' | 'skipped';
  /** What was wrong, as the tool said it; its end may be cut. */
  message?: string;
}

/** A case that failed on the merged tree. `flaky`: passed when run once more; `known`: the base has it, too. */
export interface CheckFailure {
  name: string;
  file?: string;
  line?: number;
  message?: string;
  status: 'new' | 'known' | 'flaky';
  /** Tasks that changed a file this failure names, none of what the base has; the first evidence wins. A guess, and shown as one. */
  blame: { task: string; file: string }[];
}

/** A check that fails where it did not before, as a failure carries it. */
export interface FailedCheck {
  name: string;
  /** As a person would type it. */
  command: string;
  exit: number | null;
  /** Those that are new; `more` are left out. */
  cases: { name: string; file?: string; line?: number; message?: string }[];
  more: number;
  /** The end of its output. */
  tail: string;
}

/** What came of one check on the merged tree. */
export interface StackCheck {
  name: string;
  kind: CheckKind;
  /** As a person would type it. */
  command: string;
  /** `warning`: it fails, and nothing of that is new. `not-checked` is never a pass. */
  outcome: 'passed' | 'failed' | 'warning' | 'not-checked';
  /** One sentence: why it was not checked, or what is odd. */
  why?: string;
  exit: number | null;
  /** Null where the output does not tell. */
  counts: { passed: number; failed: number; skipped: number } | null;
  failures: CheckFailure[];
  /** The end of the output, where it failed. */
  tail?: string;
  /** Milliseconds. */
  ms: number;
}
