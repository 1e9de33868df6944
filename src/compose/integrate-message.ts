import { coAuthorTrailers } from '../git/authors.ts';
import { log } from '../git/history.ts';
import type { Repository } from '../git/repository.ts';
import type { LandingStyle, Oid } from '../run/event.ts';
import type { RunState, TaskState } from '../run/state.ts';
import { unwrapped } from '../util/one-line.ts';
import type { Surroundings } from './context.ts';
import { maskFor } from './mask.ts';

/** What is to land, and where. */
export interface MessageOf {
  state: RunState;
  style: LandingStyle | undefined;
  tip: Oid;
  /** Where the target is; null when it is not there. */
  from: Oid | null;
}

/**
 * The message of the commit that a landing makes. A squashed one names its tasks, and as co-authors whoever made the commits
 * that it stands for; its author is the user.
 */
export async function landingMessage(
  context: Pick<Surroundings, 'env'>,
  { git }: Repository,
  { state, style, tip, from }: MessageOf,
): Promise<string> {
  const mask = maskFor(context);
  const title = unwrapped(mask(state.title));
  const run = `Copse-Run: ${state.id}`;
  if (style !== 'squash' || from === null) return `Merge ${state.plan}: ${title}\n\n${run}\n`;
  const without = [from, ...(state.landed ? [state.landed.tip] : [])];
  const tasks = await tasksOf(state, async (since) =>
    (await log(git, since, tip, { firstParent: true })).map(({ oid }) => oid),
  );
  const list = tasks.map(({ seed }) => `- ${seed.id}: ${unwrapped(mask(seed.title))}`);
  const trailers = [
    run,
    ...tasks.map(({ seed }) => `Copse-Task: ${state.plan}/${seed.id}`),
    ...(await coAuthorTrailers(git, tip, without)),
  ];
  return `${title}\n\n${list.join('\n')}\n\n${trailers.join('\n')}\n`;
}

/** The tasks that are integrated, without those that landed before. */
async function tasksOf({ tasks, landed }: RunState, since: (tip: Oid) => Promise<Oid[]>): Promise<TaskState[]> {
  const integrated = [...tasks.values()].filter(({ status }) => status.is === 'integrated');
  if (landed === null) return integrated;
  const fresh = new Set(await since(landed.tip));
  return integrated.filter(({ status }) => status.is === 'integrated' && fresh.has(status.commit));
}
