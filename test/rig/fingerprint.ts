import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Scratch } from './repository.ts';

/**
 * Everything that a command could change: path, mode and content of all files of a scratch folder, the git directory's
 * own ones (HEAD, index, refs, stash, config, worktrees, runs) and ignored ones included. Two are equal when nothing was
 * changed. Objects do not count, for one that nothing refers to is no change; nor
 * does the note of who held a run last.
 */
export function fingerprint({ root }: Pick<Scratch, 'root'>): string[] {
  return below(root, (path) => /^home$|^claude-[^/]*$|(?:^|\/)(?:\.git|bare\.git)\/objects$|\/lock\.\d+$/.test(path));
}

/**
 * The part of it that a run must leave alone: the user's checkout with HEAD, index, stash, config and branches. Ours are
 * the branches below copse/ and feature/, refs/copse, worktrees, runs and the ignored folder of logs.
 */
export function usersPart(scratch: Pick<Scratch, 'repo' | 'git'>): string[] {
  const ours =
    /^\.git\/(?:objects|copse|worktrees|refs|logs|packed-refs)(?:\/| |$)|^parallel\/[^/]+\/logs(?:\/| |$)|^\.git [0-7]/;
  const refs = scratch.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  return [
    ...below(scratch.repo, () => false).filter((entry) => !ours.test(entry)),
    ...refs.filter((ref) => !/^refs\/(?:copse\/|heads\/(?:copse|feature)\/)/.test(ref)),
  ];
}

function below(folder: string, leaveOut: (path: string) => boolean, prefix = ''): string[] {
  return readdirSync(join(folder, prefix))
    .sort()
    .flatMap((name) => {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      if (leaveOut(path)) return [];
      const stat = lstatSync(join(folder, path));
      const what = `${path} ${stat.mode.toString(8)}`;
      if (stat.isDirectory()) return [what, ...below(folder, leaveOut, path)];
      if (stat.isSymbolicLink()) return [`${what} → ${readlinkSync(join(folder, path))}`];
      return [stat.isFile() ? `${what} ${digestOf(join(folder, path))}` : what];
    });
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
}
