/**
 * Where attempts work: each in a linked worktree, one after the other in the user's checkout, or all at once in the checkout,
 * each in its own directories.
 */
export type Pattern = 'worktree' | 'branch' | 'directory';

/** `auto`: the one that suits the plan and the machine. */
export type PatternChoice = Pattern | 'auto';
