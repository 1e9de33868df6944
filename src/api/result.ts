import type { RunEvent, RunOutcome } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import type { RunSummary } from '../run/summarize.ts';
import type { ExitCode } from '../util/refusal.ts';

/** What became of a run. */
export interface RunResult {
  /** `integrated`: all of it; `partial`: all that was asked for; `stopped` and `paused` can be resumed, `failed` retried. */
  outcome: RunOutcome;
  /** What `copse run` would have exited with. */
  exitCode: ExitCode;
  /** The run in figures, a row a task: what `copse status --json` prints. */
  summary: RunSummary;
  /** All that is known of it: attempts, evidence, failures. */
  state: RunState;
}

/**
 * A run under way: a promise of its result, and the events on the way to it.
 *
 * Every `for await` over it sees all events of this opening of the run, from the first one, as they reach the disk. Leaving the
 * loop early, by `break`, `return` or a throw, stops the run as an abort does, and waits until no agent of it runs any more:
 * nothing goes on spending unwatched. To look at some events and let it go on, use `events()`.
 */
export interface Run extends Promise<RunResult>, AsyncIterable<RunEvent> {
  /** The same events; leaving the loop leaves the run alone. */
  events(): AsyncIterable<RunEvent>;
}
