/** What agents do to history that was there before them: `[what, shell commands, code of the failure, its text]`, in every pattern. */
export const REWRITES: [string, string, string, RegExp][] = [
  [
    'amends the commit it began from',
    'echo x > src/new.txt; git add -A; git commit -q --amend -m mine',
    'history-rewritten',
    /rewritten/,
  ],
  [
    'replaces the history',
    'git checkout -q --orphan x; git add -A; git commit -qm all; git branch -qM feature/task-001',
    'history-rewritten',
    /rewritten/,
  ],
  [
    'goes back behind its base',
    'git reset -q --hard $(git commit-tree -m root $BASE^{tree}); work',
    'history-rewritten',
    /rewritten/,
  ],
];
