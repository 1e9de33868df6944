import { isAncestor } from '../git/history.ts';
import { readRef } from '../git/refs.ts';
import { removeStaleLocks } from '../git/stale-lock.ts';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/write.ts';
import type { RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import type { RunState } from '../run/state.ts';
import { systemClock } from '../util/clock.ts';
import type { Surroundings } from './context.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { asHeld, type FoundRun } from './runs.ts';

/** A run whose lock is ours: nobody else writes its journal. */
export interface HeldRun {
  /** As it stands now, with all that is appended. */
  state: RunState;
  append(event: RunEventBody): void;
  journal: Journal;
}

/** Holds a run that nobody drives while `act` works on it. What a kill left half done is settled before. */
export async function holding<T>(
  context: Pick<Surroundings, 'env'>,
  { repository }: Project,
  run: FoundRun,
  act: (held: HeldRun) => Promise<T>,
): Promise<T> {
  const journal = await openJournal({ dir: run.paths.dir, run: run.id, clock: systemClock, mask: maskFor(context) });
  try {
    const { state } = asHeld(run, journal.past);
    const held: HeldRun = { state, journal, append: (event) => void reduce(state, journal.append(event)) };
    await removeStaleLocks(repository);
    await settleLanding(repository, held);
    return await act(held);
  } finally {
    await journal.close();
  }
}

/** A landing that was begun, and whose end is not in the journal: the target tells whether it came to one. */
async function settleLanding({ git }: Project['repository'], { state, append }: HeldRun): Promise<void> {
  if (state.landing === null) return;
  const { target, from, to, how } = state.landing;
  const at = await readRef(git, `refs/heads/${target}`);
  if (at !== null && (await isAncestor(git, to, at))) append({ type: 'target.landed', target, from, to, how });
}
