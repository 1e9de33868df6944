import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import type { Head } from './repository.ts';

/**
 * Moves a checkout to a branch, or to a commit without one. Files that no commit has are not overwritten, ignored ones
 * included, unless `discard` is set: then the checkout has exactly what the commit has. Null, or why git refused.
 */
export async function switchTo(git: Git, { branch, oid }: Head, { discard = false } = {}): Promise<string | null> {
  const how = discard ? '--discard-changes' : '--no-overwrite-ignore';
  const where = branch === null ? ['--detach', oid] : ['--no-guess', branch];
  const result = await git.run(['switch', '-q', how, ...where]);
  if (result.exit === 0) return null;
  const [first = ''] = result.stderr.toString('utf8').trim().split('\n');
  return first.replace(/^(fatal|error): /, '') || `git switch ended with ${result.exit ?? result.signal}`;
}

/** What git keeps of a merge, rebase, pick, revert or bisect that was begun; `switch` refuses while it is there. */
const UNFINISHED = [
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'MERGE_HEAD',
  'MERGE_MODE',
  'MERGE_MSG',
  'MERGE_RR',
  'AUTO_MERGE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_LOG',
  'BISECT_START',
  'BISECT_NAMES',
  'BISECT_EXPECTED_REV',
  'BISECT_TERMS',
];

/**
 * Forgets an operation that was begun in the work tree with this git directory, as `git rebase --quit` would, but without
 * putting an autostash onto the user's stash. HEAD, index and files stay.
 */
export async function forgetOperation(gitDir: string): Promise<void> {
  await Promise.all(UNFINISHED.map((name) => rm(join(gitDir, name), { recursive: true, force: true })));
}
