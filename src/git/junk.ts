/**
 * What no task ever wants in a commit, in gitignore syntax. Short on purpose: only what tools leave behind and make again,
 * never a build folder such as `dist`, which some repositories do track.
 */
export const DEFAULT_JUNK: readonly string[] = [
  '.claude-task-complete',
  'node_modules',
  '.pnpm-store',
  '.venv',
  '__pycache__',
  '*.py[co]',
  '*.egg-info',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.coverage',
  '.ipynb_checkpoints',
  '.DS_Store',
  'Thumbs.db',
];

/** False only when none of these gitignore patterns can match the path: a guess on the safe side that costs no process. */
export function mayMatch(patterns: readonly string[], path: string): boolean {
  const lower = path.toLowerCase(); // core.ignoreCase
  return patterns.some(
    (pattern) => !/^[!#]/.test(pattern) && literalsOf(pattern).every((text) => lower.includes(text)),
  );
}

/** Whether a file or folder of this path is junk whatever else is said: by a pattern that is just its name. */
export function isNamed(patterns: readonly string[], path: string): boolean {
  const name = path.replace(/\/$/, '').split('/').at(-1)!;
  // A later `!` may take it out again.
  return patterns.includes(name) && !/[*?[\]\\!#]/.test(name) && !patterns.some((pattern) => pattern.startsWith('!'));
}

/** Pieces of a pattern that stand in every path it matches; what is behind a class or an escape is not looked at. */
function literalsOf(pattern: string): string[] {
  const plain = pattern
    .trim()
    .toLowerCase()
    .replace(/[[\\].*/s, '');
  return plain.split(/[*?/]+/).filter(Boolean);
}
