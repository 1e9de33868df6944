/** Where something changed that is no agent's to change. Refs are shared by all worktrees of a repository. */
export type EscapePlace = { is: 'checkout' } | { is: 'refs' } | { is: 'workspace'; task: string };

/** One thing that was not as it had been. */
export type EscapeChange =
  /** `path`: relative to the place. `settled`: it is as HEAD has it again; what was not committed in it is gone. */
  | { kind: 'file'; path: string; how: 'added' | 'modified' | 'deleted' | 'settled' }
  | { kind: 'ref'; ref: string; from: string | null; to: string | null }
  /** What a checkout stands on: a ref, or a commit when it is detached. */
  | { kind: 'head'; worktree: string; from: string; to: string }
  | { kind: 'stash'; added: string[]; removed: string[] };

/** An attempt that was alive when it happened. */
export interface Suspect {
  task: string;
  attempt: number;
  /** What points to this one, in a few words; null: it was alive, no more is known. */
  evidence: string | null;
}

/** Changes outside of the workspaces, and who may have made them. Nobody is named: perhaps the user. */
export interface Escape {
  where: EscapePlace;
  suspects: Suspect[];
  changes: EscapeChange[];
  /** File with what the files hold now; null where there is nothing to put into a patch. */
  patch: string | null;
}

export function isNamed({ suspects }: Pick<Escape, 'suspects'>): boolean {
  return suspects.some(({ evidence }) => evidence !== null);
}

/** Whether evidence points to this attempt. */
export function isNamedIn({ suspects }: Pick<Escape, 'suspects'>, task: string, attempt: number): boolean {
  return suspects.some((each) => each.task === task && each.attempt === attempt && each.evidence !== null);
}
