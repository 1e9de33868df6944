import type { Oid } from '../run/event.ts';
import { type Git, splitFields } from './git.ts';

/** Where a work tree stands and what in it is not committed. Paths are latin1, byte for byte: a name need not be UTF-8. */
export interface Scan {
  /** Null on a branch without a commit. */
  head: Oid | null;
  /** Short name; null when HEAD is detached. */
  branch: string | null;
  /** Tracked paths whose files differ from the index, unmerged ones included. */
  changed: string[];
  /** Paths whose index entry differs from HEAD. */
  staged: string[];
  /** Some path is in conflict. */
  unmerged: boolean;
  /** Untracked paths that nothing ignores; a repository inside the work tree as one path with a `/` at the end. */
  untracked: string[];
}

/**
 * Looks at a work tree without changing anything, its index included.
 * @param junkFile gitignore patterns of untracked paths to leave out, stronger than the repository's own rules
 */
export async function scanWorktree(git: Git, junkFile: string): Promise<Scan> {
  const [status, others] = await Promise.all([
    git.bytes([
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      '--no-ahead-behind',
      '--untracked-files=no',
      '--ignore-submodules=dirty',
    ]),
    git.bytes(['ls-files', '-z', '--others', '--exclude-standard', `--exclude-from=${junkFile}`]),
  ]);
  const scan: Scan = { head: null, branch: null, changed: [], staged: [], unmerged: false, untracked: [] };
  for (const field of splitFields(status, 'latin1')) readField(scan, field);
  scan.untracked = splitFields(others, 'latin1');
  return scan;
}

function readField(scan: Scan, field: string): void {
  const [kind, second = '', third = ''] = field.split(' ', 3);
  if (kind === '#' && second === 'branch.oid') scan.head = third === '(initial)' ? null : third;
  if (kind === '#' && second === 'branch.head') {
    const name = Buffer.from(field.slice('# branch.head '.length), 'latin1').toString('utf8');
    scan.branch = name === '(detached)' ? null : name;
  }
  // 1 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <path>  ·  u <XY> <sub> <m1> <m2> <m3> <mW> <h1> <h2> <h3> <path>
  if (kind === '1') {
    const path = afterFields(field, 8);
    if (second[0] !== '.') scan.staged.push(path);
    if (second[1] !== '.') scan.changed.push(path);
  }
  if (kind === 'u') {
    const path = afterFields(field, 10);
    scan.unmerged = true;
    scan.staged.push(path);
    scan.changed.push(path);
  }
}

function afterFields(text: string, count: number): string {
  let at = 0;
  for (let n = 0; n < count; n += 1) at = text.indexOf(' ', at) + 1;
  return text.slice(at);
}
