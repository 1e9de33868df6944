import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../../src/journal/replay.ts';
import type { Scratch } from '../rig/repository.ts';
import { type Reference, referenceOf, usersOf } from './invariants.ts';
import { type Iteration, iterate, type Outcome } from './iterate.ts';
import { type CrashPlan, crashRepository, ONE_OF_EACH, randomPlan } from './plan.ts';
import { type Random, seededRandom } from './random.ts';
import { type CrashRig, crashRig, type Kill, pointsOf, processesWith, type Site } from './rig.ts';

// copse killed with SIGKILL and gone on with, again and again. A sample of all points by default; COPSE_CRASH=all takes
// every one (npm run test:crash), COPSE_SEED repeats a sample.

const ALL = process.env.COPSE_CRASH === 'all';
const LIMIT_MS = ALL ? 6 * 3600_000 : 300_000;

let rig: CrashRig;
let random: Random;
beforeAll(() => {
  rig = crashRig();
  random = seededRandom();
});
afterAll(() => rig.remove());

/** A plan with what an undisturbed run of it leaves. */
interface Stage {
  template: Scratch;
  reference: Reference;
  points: ReturnType<typeof pointsOf>;
  journal: Buffer;
  /** Of the undisturbed run. */
  ms: number;
}

async function stage(plan: CrashPlan): Promise<Stage> {
  const template = crashRepository(plan);
  const site = rig.enter(template);
  const users = usersOf(site);
  const began = Date.now();
  const ended = await rig.copse(site, ['run']);
  expect(ended.how, ended.output).toBe(0);
  const runs = join(site.repo, '.git/copse/runs');
  const journal = readFileSync(join(runs, readdirSync(runs)[0]!, 'journal.jsonl'));
  const staged = {
    reference: { ...referenceOf(site), users },
    points: pointsOf(site),
    journal,
    ms: Date.now() - began,
  };
  rig.leave(site);
  return { template, ...staged };
}

/** Two at a time, as many as cores are usual; expects that all invariants held, and sums up. */
async function all(what: string, work: { stage: Stage; iteration: Iteration }[]): Promise<void> {
  const sum = { iterations: 0, killed: 0, adopted: 0, lost: 0, bad: 0 };
  const failures: string[] = [];
  const queue = [...work];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const outcome: Outcome = await iterate(rig, next.stage.template, next.stage.reference, next.iteration);
      sum.iterations++;
      for (const key of ['killed', 'adopted', 'lost'] as const) sum[key] += outcome[key];
      if (outcome.failures.length > 0) {
        sum.bad++;
        const { afterKill: _, ...named } = next.iteration;
        failures.push(`seed ${random.seed}: ${JSON.stringify(named)}\n${outcome.failures.join('\n')}`);
        if (process.env.COPSE_CRASH_LOG) appendFileSync(process.env.COPSE_CRASH_LOG, `##### ${failures.at(-1)}\n`);
      }
      if (process.env.COPSE_CRASH_LOG)
        writeFileSync(`${process.env.COPSE_CRASH_LOG}.sum`, `${what} ${JSON.stringify(sum)}\n`);
    }
  };
  await Promise.all([worker(), worker()]);
  if (ALL) console.log(`${what}: ${JSON.stringify(sum)}`);
  expect(failures.join('\n\n')).toBe('');
}

function killsAt(points: Stage['points']): Kill[] {
  return points.flatMap(({ what, n, detail }): Kill[] => {
    const sides: Kill[] = [
      { what, n, when: 'before' },
      { what, n, when: 'after' },
    ];
    if (what === 'line') {
      const size = Number(detail);
      return [
        { what, n, when: 'after' },
        { what, n, when: 'during', bytes: 1 + random.below(size - 1) },
      ];
    }
    if (what === 'file') return sides;
    return [...sides, { what, n, when: 'during', delayUs: random.below(6000), children: random.chance(0.7) }];
  });
}

describe('copse killed at a point of a run', () => {
  let one: Stage;
  beforeAll(async () => {
    one = await stage(ONE_OF_EACH);
  }, 120_000);
  afterAll(() => one.template.remove());

  it(
    'behind every journal line, in the middle of a write, around every git act: resume ends alike',
    async () => {
      const kills = killsAt(one.points);
      const chosen = ALL
        ? kills
        : (['line', 'git', 'launch', 'file'] as const).flatMap((what) =>
            random.sample(
              kills.filter((kill) => kill.what === what),
              { line: 4, git: 6, launch: 1, file: 1 }[what],
            ),
          );
      await all(
        'points',
        chosen.map((kill) => ({ stage: one, iteration: { kills: [kill] } })),
      );
    },
    LIMIT_MS,
  );

  it(
    'and killed again while it resumes',
    async () => {
      const kills = killsAt(one.points);
      const twice = () => ({ stage: one, iteration: { kills: random.sample(kills, 2) } });
      await all('twice', Array.from({ length: ALL ? 60 : 2 }, twice));
    },
    LIMIT_MS,
  );

  it(
    'at every byte of a line that was half written: what stood before it counts, nothing else',
    () => {
      const whole = eventsIn(one.journal);
      let line = 0;
      for (let end = 0; end <= one.journal.length; end++) {
        if (end > 0 && one.journal[end - 1] === 10) line++;
        const torn = end > 0 && one.journal[end - 1] !== 10;
        // Every byte of the last lines; of those before, the ends.
        if (!ALL && line < whole.length - 3 && torn && one.journal[end] !== 10) continue;
        const found = replayOf(one.journal.subarray(0, end));
        expect([found.events.length, found.damage, found.dropped.torn]).toEqual([line, null, torn ? 1 : 0]);
      }
      expect(line).toBe(whole.length);
    },
    LIMIT_MS,
  );

  function replayOf(bytes: Buffer) {
    const file = join(one.template.root, 'cut.jsonl');
    writeFileSync(file, bytes);
    return replay(file);
  }
  function eventsIn(bytes: Buffer) {
    return replayOf(bytes).events;
  }
});

describe('copse killed at a random time, with agents at work', () => {
  it(
    'resume takes over who lives, runs nothing twice, and ends alike',
    async () => {
      const stages: Stage[] = [];
      try {
        for (let count = 0; count < (ALL ? 20 : 1); count++) stages.push(await stage(randomPlan(random)));
        const work = Array.from({ length: ALL ? 200 : 4 }, (_, index) => {
          const one = stages[index % stages.length]!;
          const afterMs = Array.from({ length: 1 + random.below(3) }, () => 100 + random.below(one.ms));
          return { stage: one, iteration: { kills: [], afterMs } };
        });
        await all('random times', work);
      } finally {
        for (const { template } of stages) template.remove();
      }
    },
    LIMIT_MS,
  );

  it(
    'the machine goes down with all its processes: what ran is lost, made again, and ends alike',
    async () => {
      const one = await stage(randomPlan(random));
      try {
        const work = Array.from({ length: ALL ? 40 : 2 }, () => {
          const afterMs = [300 + random.below(one.ms)];
          return { stage: one, iteration: { kills: [], afterMs, afterKill: goDown, disturbance: { rebooted: true } } };
        });
        await all('the machine goes down', work);
      } finally {
        one.template.remove();
      }
    },
    LIMIT_MS,
  );
});

/** Ends every process of a site at once: copse is dead already, its gits and its agents follow. */
function goDown({ root }: Site): void {
  for (let living = processesWith(root); living.length > 0; living = processesWith(root)) {
    for (const pid of living) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    }
  }
  // Nobody is at work any more.
  for (const name of readdirSync(join(root, 'log'))) {
    if (name.startsWith('busy.')) rmSync(join(root, 'log', name), { recursive: true });
  }
}
