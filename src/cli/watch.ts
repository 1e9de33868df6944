import { measure } from '../compose/measure.ts';
import { type FoundRun, readRun } from '../compose/runs.ts';
import type { Repository } from '../git/repository.ts';
import { lockHolder } from '../journal/lock.ts';
import { followJournal } from '../journal/replay.ts';
import type { RunEvent } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { fold, type RunState } from '../run/state.ts';
import type { CliContext } from './context.ts';
import { monitor } from './render/monitor.ts';
import { progressLines } from './render/progress.ts';
import { redraw } from './render/redraw.ts';

/** Time between two looks at what no event tells: elapsed times, commits, whether the coordinator lives. */
const LOOK_MS = 1000;

export interface WatchOptions {
  /** One event a line instead of a picture. */
  json?: boolean;
}

/**
 * Shows a run until it ends, its coordinator is gone, Ctrl-C, or nobody reads any more: drawn in place on a terminal, else
 * as progress lines, or events. Gives the run as it was then.
 */
export async function watchRun(
  context: CliContext,
  repository: Repository,
  run: FoundRun,
  { json = false }: WatchOptions,
): Promise<FoundRun> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal, ...(context.unread ? [context.unread] : [])]);
  const show = json ? events(context) : context.stdout.isTTY ? picture(context, repository) : lines(context);
  let { state } = run;
  let failed: unknown = null;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const alive = lockHolder(run.paths.dir) !== null;
    await show.look(state, alive);
    if (!alive) over.abort();
  };
  const fail = (error: unknown) => {
    failed ??= error;
    over.abort();
  };

  show.past(run.events);
  await look();
  const timer = setInterval(() => {
    looking = looking.then(() => (signal.aborted ? undefined : look())).catch(fail);
  }, LOOK_MS);
  try {
    for await (const event of followJournal(run.paths.journal, { signal, after: run.position })) {
      // A new coordinator may have replaced the last events of the one before: then the fold begins anew.
      if (event.seq <= state.seq) state = readRun(repository.commonDir, run.id).state;
      else reduce(state, event);
      show.event(event, state);
      if (event.type === 'run.finished') break;
    }
  } finally {
    clearInterval(timer);
    await looking;
  }
  if (failed) throw failed;
  const last = readRun(repository.commonDir, run.id);
  if (!context.unread?.aborted) await show.look(last.state, last.alive);
  return last;
}

interface Show {
  past(events: RunEvent[]): void;
  event(event: RunEvent, state: RunState): void;
  /** Now and then, and at the end. */
  look(state: RunState, alive: boolean): Promise<void>;
}

function picture({ stdout }: CliContext, repository: Repository): Show {
  const screen = redraw(stdout);
  return {
    past: () => {},
    event: () => {},
    async look(state, alive) {
      const summary = await measure(repository, state, alive);
      screen.draw(monitor(summary, { columns: stdout.columns, rows: stdout.rows - 3 }));
    },
  };
}

function lines({ stdout }: CliContext): Show {
  const event = (each: RunEvent, state: RunState) => {
    for (const line of progressLines(each, state)) stdout.write(`${line}\n`);
  };
  return {
    past(all) {
      let state: RunState | null = null;
      for (const each of all) {
        state = state === null ? fold([each], reduce) : reduce(state, each);
        event(each, state);
      }
    },
    event,
    look: async () => {},
  };
}

function events({ stdout }: CliContext): Show {
  const event = (each: RunEvent) => stdout.write(`${JSON.stringify(each)}\n`);
  return { past: (all) => all.forEach(event), event, look: async () => {} };
}
