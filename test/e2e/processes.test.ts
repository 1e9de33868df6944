import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptSpec } from '../../src/executor/executor.ts';
import { takeCensus } from '../../src/process/census.ts';
import { processes } from '../../src/process/table.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { localWorld } from '../rig/local-executor.ts';
import { MISBEHAVIOURS, misbehaving, survivors } from '../rig/misbehaviour.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// However an attempt ends, nobody of it is left: all misbehaviours at once, for each way to end.

const NAMES = Object.keys(MISBEHAVIOURS);

let scratch: Scratch;
const gate = (name: string) => join(scratch.root, 'gates', name);
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const allUp = () => Promise.all(NAMES.map((name) => fileAppears(gate(`${name}.up`))));

/** Nobody bears the marker any more, and of the processes that the agents told of none runs. */
function expectNobody(run: string): void {
  expect(survivors(run)).toEqual([]);
  for (const name of NAMES) {
    if (!existsSync(gate(`${name}.pids`))) continue;
    const pids = readFileSync(gate(`${name}.pids`), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
    const left = pids.filter((pid) => processes.row(pid)?.zombie === false);
    expect(left, name).toEqual([]);
  }
}

/** Resolves when all processes of that list are stopped (not ended). */
async function stopped(pids: string): Promise<void> {
  const running = () =>
    readFileSync(pids, 'utf8')
      .trim()
      .split('\n')
      .some((pid) => !/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
  while (running()) await setTimeout(100);
}

describe('an attempt that ends', () => {
  /** All misbehaviours as attempts of one executor; gives how each ended. */
  const run = () => scratch.root.split('/').at(-1)!;
  async function all(
    more: Partial<AttemptSpec>,
    once: (cancel: () => void) => Promise<void>,
  ): Promise<Map<string, string>> {
    const world = localWorld(scratch);
    const executor = world.executor();
    const stop = new AbortController();
    const base = scratch.git('rev-parse', 'HEAD');
    const specs = NAMES.map((task): AttemptSpec => {
      const prompt = misbehaving(task).replace('name=$1', `name=${task}`);
      const fixed = { run: run(), task, attempt: 1, title: task, agent: 'script', prompt, base, ...world.place(task) };
      return { ...fixed, timeoutMs: 60_000, stallMs: 0, ...more };
    });
    for (const spec of specs) await executor.submit(spec);
    const outcomes = new Map<string, string>();
    const following = (async () => {
      for await (const event of executor.events(stop.signal)) {
        if (event.type !== 'attempt.ended') continue;
        outcomes.set(event.task, event.outcome);
        if (outcomes.size === NAMES.length) return;
      }
    })();
    await once(() => {
      for (const spec of specs) void executor.cancel(spec, 'stopped');
    });
    await following;
    return outcomes;
  }

  it('by itself leaves nobody', async () => {
    const outcomes = await all({}, async () => {
      await allUp();
      takeCensus(); // as one is taken every two seconds: it knows who has no environment any more
      writeFileSync(gate('end'), '');
    });
    expectNobody(run());
    expect(new Set(outcomes.values())).toEqual(new Set(['success']));
  });

  it('by timeout leaves nobody', async () => {
    const outcomes = await all({ timeoutMs: 4000 }, async () => {
      await allUp();
    });
    expectNobody(run());
    expect(new Set(outcomes.values())).toEqual(new Set(['timeout']));
  });

  it('by a stop leaves nobody', async () => {
    const outcomes = await all({}, async (cancel) => {
      await allUp();
      cancel();
    });
    expectNobody(run());
    expect(new Set(outcomes.values())).toEqual(new Set(['cancelled']));
  });
});

describe('a run that ends', () => {
  let copse: Copse;
  beforeAll(() => {
    copse = builtCopse();
  });
  afterAll(() => copse.remove());

  async function started() {
    mkdirSync(join(scratch.root, 'gates'));
    const scripts = Object.fromEntries(NAMES.map((name) => [name, misbehaving(name)]));
    const tasks = NAMES.map((id) => ({ id, create: [`${id}.txt`] }));
    shellPlan(scratch, { tasks, config: { limits: { maxLoad: 1000, maxTranscript: '1MB' } } }, scripts);
    const env = { GATES: join(scratch.root, 'gates') };
    const run = copse.start(scratch, ['run', '--max-concurrent', '20', '--progress', 'plain'], env);
    await allUp();
    return { run, env, id: journalOf(scratch)[0]!.run };
  }

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s leaves nobody', async (signal, exit) => {
    const { run, id } = await started();
    run.child.kill(signal);
    expect(await run.ended, run.output()).toBe(exit);
    expectNobody(id);
  });

  it('by two SIGINT leaves nobody, and asks for no patience', async () => {
    const { run, id } = await started();
    run.child.kill('SIGINT');
    run.child.stderr!.once('data', () => run.child.kill('SIGINT'));
    expect(await run.ended, run.output()).toBe(130);
    expectNobody(id);
  });

  it('by SIGKILL: the agents live on, a flood does not fill the disk, resume sees them through, nobody is left', async () => {
    const { run, env, id } = await started();
    run.child.kill('SIGKILL');
    await run.ended;
    expect(survivors(id).length).toBeGreaterThanOrEqual(NAMES.length);
    // Nobody but the shell that waited for our end looks at it.
    const flood = join(scratch.repo, '.git/copse/runs', id, 'attempts/flood.1');
    await stopped(gate('flood.pids'));
    const size = () => ['transcript.jsonl', 'stderr.log'].map((file) => statSync(join(flood, file)).size);
    const before = size();
    expect(size()).toEqual(before);
    const again = copse.start(scratch, ['resume', '--progress', 'plain'], env);
    writeFileSync(gate('end'), '');
    expect(await again.ended, again.output()).toBe(0);
    expect(journalOf(scratch).filter(({ type }) => type === 'attempt.started')).toHaveLength(NAMES.length);
    expect(JSON.stringify(journalOf(scratch))).toMatch(
      /of the agent's output are not kept: it wrote more than 1\.0 MB/,
    );
    expect(survivors(id)).toEqual([]);
  });

  // Somebody writes there all the while.
  const removeFolder = () =>
    spawnSync('sh', ['-c', 'while [ -e "$0" ]; do rm -rf "$0"; done', join(scratch.repo, '.git/copse')]);

  it('as somebody removes its folder leaves nobody, and says so', async () => {
    const { run, id } = await started();
    removeFolder();
    expect(await run.ended, run.output()).toBe(7);
    expect(run.output()).toContain('[journal-gone]');
    expectNobody(id);
  });

  it('by SIGKILL: nobody is left once somebody removes its folder', async () => {
    const { run, id } = await started();
    run.child.kill('SIGKILL');
    await run.ended;
    removeFolder();
    while (survivors(id).length > 0) await setTimeout(100);
  });

  it('by SIGKILL: clean --force ends what still runs', async () => {
    const { run, id } = await started();
    run.child.kill('SIGKILL');
    await run.ended;
    const clean = copse.start(scratch, ['clean', '--force']);
    expect(await clean.ended, clean.output()).toBe(0);
    expect(survivors(id)).toEqual([]);
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(false);
  });
});
