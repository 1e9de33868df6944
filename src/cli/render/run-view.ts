import { isNamed } from '../../run/escape.ts';
import type { RunEvent } from '../../run/event.ts';
import type { RunState } from '../../run/state.ts';
import { summarize } from '../../run/summarize.ts';
import type { CliContext } from '../context.ts';
import { escapeLine } from './escapes.ts';
import { monitor } from './monitor.ts';
import { progressLines } from './progress.ts';
import { redraw } from './redraw.ts';

/** How a run shows itself while it goes on. */
export interface RunView {
  event(event: RunEvent, state: RunState): void;
  close(): void;
}

export type ViewKind = 'live' | 'plain' | 'json' | 'quiet';

/** live: a status drawn in place; plain: the documented progress lines; json: the journal, one event a line. */
export function runView(kind: ViewKind, context: CliContext): RunView {
  switch (kind) {
    case 'live':
      return liveView(context);
    case 'plain':
      return {
        event: (event, state) => {
          for (const line of progressLines(event, state)) context.stdout.write(`${line}\n`);
          if (event.type === 'escape.found' && isNamed(event)) context.stderr.write(`copse: ${escapeLine(event)}\n`);
          if (event.type === 'run.stopping') context.stderr.write(STOPPING);
        },
        close: () => {},
      };
    case 'json':
      return { event: (event) => context.stdout.write(`${JSON.stringify(event)}\n`), close: () => {} };
    case 'quiet':
      return { event: () => {}, close: () => {} };
  }
}

const STOPPING = 'copse: stopping: agents are asked to end; Ctrl-C again ends them at once\n';
const FRAME_MS = 200;
/** What follows the last frame should not push its head off the screen. */
const CLOSING_LINES = 4;

function liveView(context: CliContext): RunView {
  const screen = redraw(context.stdout);
  let latest: RunState | null = null;
  const draw = (below = 1) => {
    if (!latest) return;
    const { columns, rows } = context.stdout;
    screen.draw(monitor(summarize(latest, Date.now()), { columns, rows: rows - below, inCharge: true }));
  };
  const timer = setInterval(() => draw(), FRAME_MS);
  return {
    event: (_, state) => {
      latest = state;
    },
    close: () => {
      clearInterval(timer);
      draw(CLOSING_LINES);
    },
  };
}
