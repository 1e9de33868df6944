/** What the processes of an attempt may write. Absolute paths that exist, without symbolic links. */
export interface Confinement {
  /** Read-only even where `state` has them: the checkout, the git directory, other workspaces. */
  protect: string[];
  /** Writable whatever else is said: the task's directories, its worktree. */
  writable: string[];
}

/** Runs a program so that the system itself refuses what it may not write. The network stays on: agents call their models. */
export interface Sandbox {
  name: 'bubblewrap' | 'sandbox-exec';
  /** The command line that runs `argv` confined, in the folder `cwd`. */
  wrap(argv: readonly string[], confinement: Confinement, cwd: string): string[];
}
