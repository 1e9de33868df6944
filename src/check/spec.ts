import type { CheckKind, ParserName } from '../run/check.ts';

/** A check as it is to be run. */
export interface CheckSpec {
  /** One of its list: `tests`, `mypy`, `web: lint`. */
  name: string;
  kind: CheckKind;
  argv: [string, ...string[]];
  /** As a person would type it. */
  command: string;
  /** Relative to the top of the tree; `''` is the top. */
  folder: string;
  /** Milliseconds. */
  timeoutMs: number;
  parser: ParserName;
  /** Files or folders with JUnit's XML that it writes, relative to `folder`; read in place of its output. */
  reports: readonly string[];
  /** Cases in the output of a check that exits with 0 are failures: what it lists is wrong. */
  listsFaults: boolean;
  /** What has to be installed, or it is not run: a program on the PATH, a Python module, the packages of package.json. */
  needs: readonly Need[];
}

export type Need = { program: string } | { module: string } | { packages: true };

export const TECHS = ['typescript', 'django', 'python', 'go', 'rust', 'java'] as const;
export type Tech = (typeof TECHS)[number];

const MINUTE = 60_000;

/** A check with what is usual filled in. */
export function checkSpec(given: Pick<CheckSpec, 'name' | 'kind' | 'argv'> & Partial<CheckSpec>): CheckSpec {
  const { argv } = given;
  return {
    command: argv.join(' '),
    folder: '',
    timeoutMs: 30 * MINUTE,
    parser: 'auto',
    reports: [],
    listsFaults: false,
    needs: [{ program: argv[0] }],
    ...given,
  };
}
