import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Locks of a work tree's own files, and the copies of its index that we work on. */
const LEFTOVER = /^(?:index|HEAD)\.lock$|^copse-[0-9a-f]{12}\./;

/** Removes what killed gits, and we, left half done in the git directory of a work tree in which nothing runs any more. */
export async function removeLeftovers(gitDir: string): Promise<void> {
  const names = (await readdir(gitDir)).filter((name) => LEFTOVER.test(name));
  await Promise.all(names.map((name) => rm(join(gitDir, name), { force: true })));
}

/** Removes the locks of refs that nobody can be about to write any more. */
export async function unlockRefs(commonDir: string, refs: readonly string[]): Promise<void> {
  await Promise.all(refs.map((ref) => rm(join(commonDir, `${ref}.lock`), { force: true })));
}

/** The same for all refs below these folders. */
export async function unlockRefsBelow(commonDir: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const names = await readdir(join(commonDir, folder), { recursive: true }).catch(() => []);
    const locks = names.filter((name) => name.endsWith('.lock'));
    await Promise.all(locks.map((name) => rm(join(commonDir, folder, name), { force: true })));
  }
}
