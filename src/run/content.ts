/** What was found about a file that a branch would land, whatever its scope says. */
export type ContentProblem =
  /** Larger than `limits.maxFileSize`, in the head or in any commit before it. */
  | 'too-large'
  /** Lines that a merge left behind: `<<<<<<<`, `=======`, `>>>>>>>`. */
  | 'conflict-markers'
  /** A symbolic link that leads out of the repository. */
  | 'symlink-outside'
  /** A repository inside the repository, committed as a link that nobody else can follow. */
  | 'nested-repository'
  /** A name that breaks checkouts: control characters, `.git`, the name of another file but for upper and lower case. */
  | 'unsafe-name'
  /** The value of a secret variable of the environment, in the head or in any commit before it. */
  | 'secret'
  /** What looks like a key; it may be an example. */
  | 'looks-secret'
  /** A name that Windows does not take. */
  | 'windows-name'
  /** Every line differs, and only by its end. */
  | 'line-endings'
  /** Made executable, and no program by its first bytes. */
  | 'executable'
  /** A submodule, or another commit of one. */
  | 'submodule'
  /** A script that package managers run when somebody installs (`postinstall`, `prepare`). */
  | 'install-script';

export interface ContentFinding {
  path: string;
  problem: ContentProblem;
  /** What was measured, a few words: `200.0 MB`, `→ /etc/passwd`. */
  detail: string;
}

/** Problems that no task may land. */
export const UNFIT = [
  'too-large',
  'conflict-markers',
  'symlink-outside',
  'nested-repository',
  'unsafe-name',
  'secret',
] as const;

export type UnfitProblem = (typeof UNFIT)[number];

/** Whether a problem, or the code of a failure, is one of these. */
export function isUnfit(code: string): code is UnfitProblem {
  return (UNFIT as readonly string[]).includes(code);
}
