import type { Surroundings } from '../compose/context.ts';
import { drive, exitOf } from '../compose/drive.ts';
import type { Project } from '../compose/project.ts';
import type { OpenRun } from '../engine/open.ts';
import { followJournal } from '../journal/replay.ts';
import type { RunEvent } from '../run/event.ts';
import { summarize } from '../run/summarize.ts';
import { orRefusal } from './refusal.ts';
import type { Run, RunResult } from './result.ts';

/** What there is to drive; `open` without a journal: nothing is left to do. */
export interface Opened {
  context: Surroundings;
  project: Project;
  open: OpenRun | Pick<OpenRun, 'state'>;
}

export interface Beginning {
  /** Aborted: the run stops. */
  signal: AbortSignal | undefined;
  /** Throws before anything is done. */
  check(): void;
  /** Opens it. The signal it is given is aborted with the name of a system signal as its reason. */
  open(signal: AbortSignal): Promise<Opened>;
}

/** A run that begins at once. */
export function running({ signal, check, open }: Beginning): Run {
  const stopping = new AbortController();
  const stop = () => stopping.abort(SIGNALS.find((name) => name === signal?.reason) ?? 'abort');
  const over = new AbortController();
  const opened = orRefusal(async () => {
    check();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { signal: over.signal });
    return open(stopping.signal);
  });
  const result = orRefusal(async () => driven(await opened)).finally(() => over.abort());

  async function* events(): AsyncGenerator<RunEvent, void, undefined> {
    result.catch(() => {}); // who iterates is told here
    const { open } = await opened;
    if ('journal' in open) yield* followJournal(open.paths.journal, { after: open.from, ended: result });
    await result;
  }

  async function* stoppedWhenLeft(): AsyncGenerator<RunEvent, void, undefined> {
    let whole = false;
    try {
      yield* events();
      whole = true;
    } finally {
      if (!whole) {
        stopping.abort('abort');
        await result;
      }
    }
  }

  return Object.assign(result, {
    events: () => ({ [Symbol.asyncIterator]: events }),
    [Symbol.asyncIterator]: stoppedWhenLeft,
  });
}

/** With one of these as its reason an abort counts as that signal, in the journal and in the exit status. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

async function driven({ context, project, open }: Opened): Promise<RunResult> {
  const { state } = open;
  if ('journal' in open) await drive(context, project, open);
  return {
    outcome: state.outcome!,
    exitCode: exitOf(state, context.signal),
    summary: summarize(state, Date.now(), false),
    state,
  };
}
