import { setTimeout as sleep } from 'node:timers/promises';
import { CHILD, LASTING_CHILD, markOf } from './mark.ts';
import { stopTree } from './stop.ts';
import { findMarked, type ProcessId } from './tree.ts';

/** Longest wait for a git of a process that was killed; a checkout of a huge tree takes minutes. */
const PATIENCE_MS = 10 * 60_000;

/** Resolves when nothing runs any more that a process which was killed has started; its agents are not meant. */
export async function settleOrphans(parent: ProcessId): Promise<void> {
  const value = markOf(parent);
  await stopTree({ ...parent, marker: { name: CHILD, value } }, { graceMs: 2000 });
  for (const until = Date.now() + PATIENCE_MS; findMarked(LASTING_CHILD, value).length > 0 && Date.now() < until; ) {
    await sleep(20);
  }
}
