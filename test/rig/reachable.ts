import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scratch } from './repository.ts';

/**
 * Everything that a ref or an entry of the stash still leads to, as text: all objects, and what is in the bundles among
 * them.
 */
export function reachableText({ repo, root, env }: Scratch): string {
  const git = (args: string[], input?: string) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: repo, env, input, maxBuffer: 1 << 30 });
    if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
    return stdout;
  };
  const stashes = git(['stash', 'list', '--format=%H']).toString().split('\n').filter(Boolean);
  const objects = git(['rev-list', '--objects', '--no-object-names', '--all', ...stashes]).toString();
  const texts = [git(['cat-file', '--batch', '--buffer'], objects).toString('latin1')];
  const shelved = git(['rev-list', '--objects', '--all'])
    .toString()
    .matchAll(/^(\w+) .*commits\.bundle$/gm);
  for (const oid of new Set([...shelved].map((match) => match[1]!))) {
    const folder = mkdtempSync(join(root, 'bundle-'));
    writeFileSync(join(folder, 'x.bundle'), git(['cat-file', 'blob', oid]));
    git(['init', '-q', '--bare', join(folder, 'git')]);
    git(['-C', join(folder, 'git'), 'bundle', 'unbundle', join(folder, 'x.bundle')]);
    texts.push(git(['-C', join(folder, 'git'), 'cat-file', '--batch-all-objects', '--batch']).toString('latin1'));
    rmSync(folder, { recursive: true });
  }
  return texts.join('\n');
}
