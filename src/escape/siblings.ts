import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TaskId } from '../run/event.ts';
import type { Trail } from './evidence.ts';
import type { Watched } from './trail.ts';

interface Siblings {
  workspaces: string;
  branches: ReadonlyMap<string, TaskId>;
  known: readonly Watched[];
  trail(attempt: Watched): Promise<Trail>;
  deedsOf(attempt: Watched, about: RegExp): Promise<string[]>;
}

/**
 * Files in workspaces of other tasks that an ended attempt changed, told by its own words: a look at every workspace after
 * every attempt would cost as much as all the rest. What it names must have changed while it lived; where the other's agent
 * lived, too, that one must have said what it does, and not this.
 */
export async function writesIntoSiblings(
  attempt: Watched,
  { workspaces, branches, known, trail, deedsOf }: Siblings,
): Promise<{ sibling: TaskId; path: string }[]> {
  const tasks = new Set(branches.values());
  if (tasks.size < 2) return [];
  const folder = `(?:${escaped(workspaces)}|(?<![\\w./-])\\.\\.)/(?!${escaped(attempt.task)}/)`;
  const deeds = await deedsOf(attempt, new RegExp(folder));
  const found: { sibling: TaskId; path: string }[] = [];
  for (const { sibling, path } of named(deeds, folder)) {
    if (sibling === attempt.task || !tasks.has(sibling)) continue;
    const stat = await lstat(join(workspaces, sibling, path)).catch(() => null);
    if (!stat?.isFile() || stat.ctimeMs < attempt.startedAt || stat.ctimeMs > attempt.endedAt!) continue;
    const owners = known.filter(
      ({ task, startedAt, endedAt = Number.POSITIVE_INFINITY }) =>
        task === sibling && startedAt <= stat.ctimeMs && stat.ctimeMs <= endedAt,
    );
    const said = (await Promise.all(owners.map(trail))).map(({ deeds }) => deeds);
    const others = said.every((deeds) => deeds.length > 0 && !deeds.some((deed) => deed.includes(basename(path))));
    if (others) found.push({ sibling, path });
  }
  return found;
}

/** `<workspaces>/<task>/<path>` and `../<task>/<path>`, as often as they are written, once each. */
function named(deeds: readonly string[], folder: string): { sibling: string; path: string }[] {
  const pattern = new RegExp(`${folder}([\\w.-]+)/([^\\s'"\`;|&<>()]+)`, 'g');
  const seen = new Map<string, { sibling: string; path: string }>();
  for (const deed of deeds) {
    for (const [whole, sibling, path] of deed.matchAll(pattern)) {
      if (!/(?:^|\/)\.(?:git)?(?:\/|$)|(?:^|\/)\.\.(?:\/|$)/.test(path!))
        seen.set(whole!, { sibling: sibling!, path: path! });
    }
  }
  return [...seen.values()];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
