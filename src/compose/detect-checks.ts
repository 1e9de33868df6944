import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withConfigured } from '../check/configured.ts';
import { detectChecks, stackFolders } from '../check/detect.ts';
import type { Folder } from '../check/folder.ts';
import type { CheckSpec, Tech } from '../check/spec.ts';
import type { Config } from '../project/config.ts';

/** The checks of the tree that lies at `root`; `paths`: all its files. */
export function checksOf(
  root: string,
  paths: Iterable<string>,
  { config, tech }: { config: Config; tech?: Tech | undefined },
): CheckSpec[] {
  const folders = new Map(stackFolders(paths).map((path) => [path, folderAt(join(root, path))]));
  return withConfigured(detectChecks(folders, tech), config.checks);
}

/** Whether a tree with these files may have checks at all. */
export function mayHaveChecks(paths: Iterable<string>, { checks }: Config): boolean {
  return checks.length > 0 || stackFolders(paths).length > 0;
}

function folderAt(path: string): Folder {
  const names = new Set(readdirSync(path));
  return { names, read: (name) => (names.has(name) ? readText(join(path, name)) : '') };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // a folder of that name, or a link to nowhere
  }
}
