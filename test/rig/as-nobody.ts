import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NOBODY = 65534;

/**
 * Does `work` as a user whom permissions bind. They do not bind root: then it is somebody else for that time, who is given
 * everything below `root` before.
 */
export async function asNobody(root: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  giveAway(root);
  process.setegid!(NOBODY);
  process.seteuid!(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

function giveAway(path: string): void {
  lchownSync(path, NOBODY, NOBODY);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) giveAway(below);
    else lchownSync(below, NOBODY, NOBODY);
  }
}
