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
