import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withConfigured } from '../check/configured.ts';
import { detectChecks, stackFolders } from '../check/detect.ts';
import type { Folder } from '../check/folder.ts';
import type { CheckSpec, Tech } from '../check/spec.ts';
import { treePaths } from '../git/diff.ts';
import type { Config } from '../project/config.ts';
import type { Project } from './project.ts';

/** The checks of the tree that lies at `root`; `paths`: all its files. */
export function checksOf(
  root: string,
  paths: Iterable<string>,
  { config, tech }: { config: Config; tech?: Tech | undefined },
): CheckSpec[] {
  const folders = new Map(stackFolders(paths).map((path) => [path, folderAt(join(root, path))]));
  return withConfigured(detectChecks(folders, tech), config.checks);
}

/** The names of the checks that the user's checkout has. */
export async function checksOfCheckout({ repository, config }: Project): Promise<string[]> {
  const paths = await treePaths(repository.git, repository.head.oid);
  return checksOf(repository.root, paths, { config }).map(({ name }) => name);
}

/** Whether a tree with these files may have checks at all. */
export function mayHaveChecks(paths: Iterable<string>, { checks }: Config): boolean {
  return checks.length > 0 || stackFolders(paths).length > 0;
}

function folderAt(path: string): Folder {
  const names = new Set(existsSync(path) ? readdirSync(path) : []); // not in a sparse checkout
  return { names, read: (name) => (names.has(name) ? readText(join(path, name)) : '') };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a folder of that name, or a link to nowhere
  }
}
