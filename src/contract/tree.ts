import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that a contract is compared with: of a commit (git/commit-files.ts), or of a folder. */
export interface SourceTree {
  /** All paths, with `/`, sorted. */
  files(): readonly string[];
  /** The text of a file; null when there is none, or it is too large to be source. Asked for together, read together. */
  read(path: string): Promise<string | null>;
  /** Paths with one of these endings (`py`) whose text holds one of the words. */
  holding(words: readonly string[], endings: readonly string[]): Promise<string[]>;
}

/** Bytes; more than this is data. */
export const MAX_SOURCE = 2 ** 20;

/** Folders of others' code and of what tools leave. */
const ASIDE = new Set(['.git', 'node_modules', '.venv', '__pycache__']);

/** The files under a folder of the disk. */
export async function folderTree(root: string): Promise<SourceTree> {
  const paths = (await pathsUnder(root, '')).sort();
  const known = new Set(paths);
  async function read(path: string): Promise<string | null> {
    if (!known.has(path)) return null;
    const bytes = await readFile(join(root, path));
    return bytes.length > MAX_SOURCE ? null : bytes.toString('utf8');
  }
  return {
    files: () => paths,
    read,
    async holding(words, endings) {
      const found: string[] = [];
      for (const path of paths.filter((each) => endings.some((ending) => each.endsWith(`.${ending}`)))) {
        const text = await read(path);
        if (text !== null && words.some((word) => text.includes(word))) found.push(path);
      }
      return found;
    },
  };
}

async function pathsUnder(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !ASIDE.has(entry.name)) found.push(...(await pathsUnder(root, path)));
  }
  return found;
}
