import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginMerge, unmergedPaths } from '../git/begin-merge.ts';
import type { Git } from '../git/git.ts';
import type { Failure } from '../run/failure.ts';
import type { WorkspaceRecord } from './ownership.ts';
import type { WorkspaceSpec } from './workspace.ts';

type Merging = NonNullable<WorkspaceRecord['merge']>;

/** Brings a new workspace into the middle of a merge, for an agent to resolve. What rerere resolves is staged. */
export async function startMerging(git: Git, wanted: NonNullable<WorkspaceSpec['merge']>): Promise<Merging | Failure> {
  const unmerged = await beginMerge(git, { ...wanted, config: ['rerere.autoUpdate=true'] });
  if (typeof unmerged === 'string')
    return { code: 'unresolved', paths: [], message: `no merge to resolve: ${unmerged}` };
  return { head: wanted.head, left: await contentsOf(git, unmerged) };
}

/**
 * Which unmerged files of a workspace are resolved although nobody told git so: they were changed since, and hold no marker. What
 * was only looked at may be as git left it, which is one side of two.
 */
export async function resolvedFiles(git: Git, { left }: Merging): Promise<{ settled: Set<string>; open: string[] }> {
  const unmerged = await unmergedPaths(git);
  const now = await contentsOf(git, unmerged);
  const isSettled = async (path: string) => {
    if (now[path] === (left[path] ?? '') || now[path] === '') return false;
    return !/^(?:<{7}|>{7}) /m.test(await readFile(join(git.cwd, path), 'latin1'));
  };
  const settled = new Set<string>();
  for (const path of unmerged) if (await isSettled(path)) settled.add(path);
  return { settled, open: unmerged.filter((path) => !settled.has(path)) };
}

/** A hash of each file; empty where there is none. */
async function contentsOf(git: Git, paths: readonly string[]): Promise<Record<string, string>> {
  const hash = async (path: string) => {
    const bytes = await readFile(join(git.cwd, path)).catch(() => null);
    return [path, bytes === null ? '' : createHash('sha256').update(bytes).digest('hex')] as const;
  };
  return Object.fromEntries(await Promise.all(paths.map(hash)));
}
