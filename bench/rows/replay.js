import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLine } from '../../dist/journal/codec.js';
import { replay as replayJournal } from '../../dist/journal/replay.js';
import { reduce } from '../../dist/run/reduce.js';
import { fold } from '../../dist/run/state.js';
import { inTurn, median, ratio, timed } from '../measure.js';
import { makeScene } from '../scene.js';
import { time } from '../table.js';
import { events } from './events.js';

const EVENTS = 100_000;
const TARGET_MS = 1000;

/** Reading a long journal, checksums and all, and folding it into the state of the run. */
export async function replay() {
  const { root } = makeScene({ files: 0 });
  const path = join(root, 'journal.jsonl');
  const lines = events(EVENTS).map((event) => encodeLine(event, 1));
  writeFileSync(path, lines.join(''));
  const times = await inTurn(
    { rounds: 5, seconds: 15 },
    {
      copse: () =>
        timed(() => {
          const { events: read } = replayJournal(path);
          if (read.length !== EVENTS || fold(read, reduce).seq !== EVENTS)
            throw new Error('the journal was not read whole');
        }),
      parse: () => timed(() => lines.map((line) => JSON.parse(line))),
    },
  );
  const figure = median(times.copse);
  return [
    {
      what: 'replay of 100,000 events',
      figure: time(figure),
      control: `JSON.parse of the lines, ${time(median(times.parse))}`,
      ratio: ratio(times.copse, times.parse).toFixed(2),
      target: '< 1 s',
      met: figure < TARGET_MS,
    },
  ];
}
