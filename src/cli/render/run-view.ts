import type { RunEvent } from '../../run/event.ts';
import type { RunState } from '../../run/state.ts';
import { summarize } from '../../run/summarize.ts';
import type { CliContext } from '../context.ts';
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
        },
        close: () => {},
      };
    case 'json':
      return { event: (event) => context.stdout.write(`${JSON.stringify(event)}\n`), close: () => {} };
    case 'quiet':
      return { event: () => {}, close: () => {} };
  }
}

const FRAME_MS = 200;

function liveView(context: CliContext): RunView {
  const screen = redraw(context.stdout);
  let latest: RunState | null = null;
  const draw = () => {
    if (!latest) return;
    const size = { columns: context.stdout.columns, rows: context.stdout.rows - 2 };
    screen.draw(monitor(summarize(latest, Date.now()), size));
  };
  const timer = setInterval(draw, FRAME_MS);
  return {
    event: (_, state) => {
      latest = state;
    },
    close: () => {
      clearInterval(timer);
      draw();
    },
  };
}
