import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scratch } from './repository.ts';

/** A commit on another one, made aside: what an integration branch may hold. Null deletes. */
export function commitAside(scratch: Scratch, files: Record<string, string | null>, from: string): string {
  scratch.git('worktree', 'add', '-q', '--detach', '../aside', from);
  for (const [path, text] of Object.entries(files)) {
    const file = join(scratch.root, 'aside', path);
    if (text === null) scratch.git('-C', '../aside', 'rm', '-q', '--', path);
    else {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
  }
  scratch.git('-C', '../aside', 'add', '-A', '-f');
  scratch.git('-C', '../aside', 'commit', '-q', '-m', 'tasks');
  const tip = scratch.git('-C', '../aside', 'rev-parse', 'HEAD');
  scratch.git('worktree', 'remove', '--force', '../aside');
  return tip;
}

/** Files, index, HEAD and refs of the checkout. */
export function checkoutState(scratch: Scratch) {
  const files = readdirSync(scratch.repo, { recursive: true, encoding: 'utf8' })
    .filter((file) => !/^\.git($|\/)/.test(file))
    .sort();
  const read = (file: string) => {
    try {
      return readFileSync(join(scratch.repo, file), 'utf8');
    } catch {
      return null; // a folder
    }
  };
  return {
    files: files.map((file) => [file, read(file)]),
    status: scratch.git('--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--ignored'),
    refs: scratch.git('for-each-ref'),
    staged: scratch.git('ls-files', '--stage'),
  };
}
