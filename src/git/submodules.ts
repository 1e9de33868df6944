import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import type { Repository } from './repository.ts';

interface Submodule {
  name: string;
  path: string;
  url: string;
}

/**
 * Fills the submodules of a worktree, borrowing the objects of those the main checkout already has; gives their paths.
 * Throws GitError when one cannot be had (no network, no permission). Registers nothing in the repository's configuration,
 * which belongs to the user: the address of each travels with the call.
 */
export async function updateSubmodules(repository: Repository, worktree: Git): Promise<string[]> {
  if (!existsSync(join(worktree.cwd, '.gitmodules'))) return [];
  const submodules = await listSubmodules(worktree);
  for (const { name, path, url } of submodules) {
    const modules = join(repository.commonDir, 'modules', name);
    const borrow = existsSync(join(modules, 'objects')) ? ['--reference', modules] : [];
    const args = ['--literal-pathspecs', 'submodule', '--quiet', 'update', ...borrow, '--', path];
    await worktree.bytes(args, { config: [`submodule.${name}.url=${url}`, `submodule.${name}.active=true`] });
    // What is nested lives in the submodule's own git directory, which is ours: it may be registered there.
    const inner = worktree.at(join(worktree.cwd, path));
    if (existsSync(join(inner.cwd, '.gitmodules'))) {
      await inner.bytes(['submodule', '--quiet', 'update', '--init', '--recursive']);
    }
  }
  return submodules.map(({ path }) => path);
}

async function listSubmodules(worktree: Git): Promise<Submodule[]> {
  const [written, registered] = await Promise.all([
    readSettings(worktree, ['--file', '.gitmodules']),
    readSettings(worktree, []),
  ]);
  const origin = await worktree.run(['config', '--get', 'remote.origin.url']);
  const base = origin.exit === 0 ? origin.stdout.toString('utf8').trim() : worktree.cwd;
  const found: Submodule[] = [];
  for (const [key, path] of written) {
    const name = /^submodule\.(.*)\.path$/s.exec(key)?.[1];
    const url =
      name && (registered.get(`submodule.${name}.url`) ?? absoluteUrl(base, written.get(`submodule.${name}.url`)));
    if (name && url) found.push({ name, path, url });
  }
  return found;
}

async function readSettings(git: Git, from: string[]): Promise<Map<string, string>> {
  const result = await git.run(['config', ...from, '-z', '--get-regexp', '^submodule\\..*\\.(path|url)$']);
  if (result.exit !== 0) return new Map();
  const entries = result.stdout.toString('utf8').split('\0').filter(Boolean);
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.slice(entry.indexOf('\n') + 1)]));
}

/** `../lib.git` means beside the remote that the superproject came from (gitmodules(5)). */
export function absoluteUrl(base: string, url: string | undefined): string | undefined {
  if (url === undefined || !/^\.\.?\//.test(url)) return url;
  let [from, rest] = [base.replace(/\/+$/, ''), url];
  while (/^\.\.?\//.test(rest)) {
    if (rest.startsWith('../')) from = from.replace(/[/:][^/:]*$/, (end) => (end.startsWith(':') ? ':' : ''));
    rest = rest.replace(/^\.\.?\//, '');
  }
  return from.endsWith(':') ? `${from}${rest}` : `${from}/${rest}`;
}
