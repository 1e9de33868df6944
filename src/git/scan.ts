import type { Oid } from '../run/event.ts';
import { type Git, splitFields } from './git.ts';
import { isNamed } from './junk.ts';

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
  /** Paths in conflict. */
  unmerged: string[];
  /** Untracked paths that nothing ignores; a repository inside the work tree as one path with a `/` at the end. */
  untracked: string[];
}

/**
 * Looks at a work tree without changing anything, its index included.
 * @param junk gitignore patterns of untracked paths to leave out, stronger than the repository's own rules
 * @param junkFile holds them
 */
export async function scanWorktree(git: Git, junk: readonly string[], junkFile: string): Promise<Scan> {
  const scan: Scan = { head: null, branch: null, changed: [], staged: [], unmerged: [], untracked: [] };
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--no-renames', '--no-ahead-behind'];
  const status = await git.bytes([...args, '--untracked-files=normal', '--ignore-submodules=dirty']);
  for (const field of splitFields(status, 'latin1')) readField(scan, field);
  // Mostly there is no more than the marker of an agent that is done; else each file is asked for.
  if (scan.untracked.every((path) => isNamed(junk, path))) return { ...scan, untracked: [] };
  const others = await git.bytes(['ls-files', '-z', '--others', '--exclude-standard', `--exclude-from=${junkFile}`]);
  return { ...scan, untracked: splitFields(others, 'latin1') };
}

function readField(scan: Scan, field: string): void {
  const [kind, second = '', third = ''] = field.split(' ', 3);
  if (kind === '#' && second === 'branch.oid') scan.head = third === '(initial)' ? null : third;
  if (kind === '#' && second === 'branch.head') {
    const name = Buffer.from(field.slice('# branch.head '.length), 'latin1').toString('utf8');
    scan.branch = name === '(detached)' ? null : name;
  }
  if (kind === '?') scan.untracked.push(field.slice(2));
  // 1 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <path>  ·  u <XY> <sub> <m1> <m2> <m3> <mW> <h1> <h2> <h3> <path>
  if (kind === '1') {
    const path = afterFields(field, 8);
    if (second[0] !== '.') scan.staged.push(path);
    if (second[1] !== '.') scan.changed.push(path);
  }
  if (kind === 'u') {
    const path = afterFields(field, 10);
    scan.unmerged.push(path);
    scan.staged.push(path);
    scan.changed.push(path);
  }
}

function afterFields(text: string, count: number): string {
  let at = 0;
  for (let n = 0; n < count; n += 1) at = text.indexOf(' ', at) + 1;
  return text.slice(at);
}
