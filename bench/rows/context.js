import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../../dist/journal/write.js';
import { systemClock } from '../../dist/util/clock.js';
import { inTurn, median, ratio, timed, timeOfStart } from '../measure.js';
import { makeScene } from '../scene.js';
import { time } from '../table.js';
import { events } from './events.js';

/** What the figures above are made of on this machine: processes and durable writes. */
export async function context() {
  const scene = makeScene({ files: 10 });
  scene.commit('initial');
  const times = await inTurn(
    { rounds: 31, seconds: 10 },
    {
      git: () => timeOfStart('git', ['rev-parse', 'HEAD'], { cwd: scene.repo, env: scene.env }),
      nothing: () => timeOfStart('true', [], { env: scene.env }),
    },
  );
  return [
    {
      what: 'one git process (`rev-parse HEAD`), from node',
      figure: time(median(times.git)),
      control: `\`true\`, ${time(median(times.nothing))}`,
      ratio: ratio(times.git, times.nothing).toFixed(2),
    },
    ...(await journal(scene.root)),
  ];
}

async function journal(root) {
  const [first, ...rest] = events(20_001).map(({ v, seq, at, run, ...body }) => body);
  const dir = join(root, 'run');
  mkdirSync(dir);
  const opened = await openJournal({ dir, run: '20261123-101500-abcd', clock: systemClock });
  try {
    opened.append(first);
    await opened.flush();
    const one = await inTurn(
      { rounds: 200, seconds: 5 },
      { flush: () => timed(() => append(opened, rest.slice(0, 1))) },
    );
    const batch = await timed(() => append(opened, rest));
    return [
      { what: 'journal: one event, durable', figure: time(median(one.flush)) },
      { what: 'journal: 20,000 events in batches, durable', figure: `${Math.round(rest.length / batch)} events/ms` },
    ];
  } finally {
    await opened.close();
  }
}

function append(journal, bodies) {
  for (const body of bodies) journal.append(body);
  return journal.flush();
}
