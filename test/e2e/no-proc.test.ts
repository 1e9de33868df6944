import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { processes } from '../../src/process/table.ts';
import { builtCopse, type Copse, type CopseProcess, fileAppears, journalOf } from '../rig/copse.ts';
import { misbehaving, survivors } from '../rig/misbehaviour.ts';
import { type NoProc, noProc, whyNoProcIsNot } from '../rig/no-proc.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// copse where there is no /proc and `ps` is that of macOS, which shows nobody the environment of the system's own programs: of
// all shells and of `sleep`, so of nearly all that runs here. What is left is looked for from outside, by Linux.

/** Not `double-fork` and `renamed-daemon`, of which nobody can know there (docs/reliability.md). */
const NAMES = [
  'ignores-signals',
  'setsid-daemon',
  'no-environment',
  'fork-loop',
  'silent',
  'closes-output',
  'half-character',
];

const missing = whyNoProcIsNot();
if (missing !== null) console.warn(`copse without /proc is not tested: ${missing}`);

let copse: Copse;
let scratch: Scratch;
let place: NoProc;
beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(async () => {
  scratch = scratchRepository();
  mkdirSync(join(scratch.root, 'gates'));
  if (missing === null) place = await noProc(join(scratch.root, 'no-proc'));
});
afterEach(async () => {
  // Of a test that failed: they would run, and write, for ever.
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  if (existsSync(join(scratch.repo, '.git/copse/runs')))
    for (const left of survivors(journalOf(scratch)[0]!.run))
      spawnSync('kill', ['-KILL', String(Number.parseInt(left, 10))]);
  await place?.remove();
  scratch.remove();
});

const gate = (name: string) => join(scratch.root, 'gates', name);
const started: CopseProcess[] = [];
function start(...argv: string[]): CopseProcess {
  const env = { ...place.env, GATES: gate('') };
  const one = copse.start(scratch, [...argv, '--progress', 'plain'], env, place.enter);
  started.push(one);
  return one;
}
/** Of the latest copse, in the order of its journal. */
const eventsOfLatest = () => {
  const events = journalOf(scratch);
  return events.slice(events.findLastIndex(({ type }) => type === 'run.opened'));
};

/** Nobody bears the marker of the run any more, no shell waits for its end, and none of those that the agents told of runs. */
function expectNobody(names: readonly string[]): void {
  expect(survivors(journalOf(scratch)[0]!.run)).toEqual([]);
  for (const name of names) expect(pidsOf(name).filter(runs), name).toEqual([]);
}

const pidsOf = (name: string) =>
  existsSync(gate(`${name}.pids`))
    ? readFileSync(gate(`${name}.pids`), 'utf8')
        .trim()
        .split('\n')
        .map(Number)
    : [];
const runs = (pid: number) => processes.row(pid)?.zombie === false;

async function misbehave(names: readonly string[], limits: object = {}) {
  const scripts = Object.fromEntries(names.map((name) => [name, misbehaving(name)]));
  const tasks = names.map((id) => ({ id, create: [`${id}.txt`] }));
  shellPlan(scratch, { tasks, config: { limits: { maxLoad: 1000, maxTranscript: '1MB', ...limits } } }, scripts);
  const run = start('run', '--max-concurrent', '20');
  await Promise.all(names.map((name) => fileAppears(gate(`${name}.up`))));
  return run;
}

/** A program that leaves one that nobody leads to any more. */
const SHOWN = `
  const { spawn } = require("node:child_process");
  const left = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { detached: true, stdio: "ignore" });
  require("node:fs").appendFileSync(process.env.GATES + "/shown.pids", left.pid + "\\n");
  left.unref();
`;

// Each look starts a `ps`, and the machine may have much to do.
describe.skipIf(missing !== null)('without /proc', { timeout: 180_000 }, () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s nobody is left', async (signal, exit) => {
    const run = await misbehave(NAMES);
    run.child.kill(signal);
    expect(await run.ended, run.output()).toBe(exit);
    expectNobody(NAMES);
  });

  it('by timeout nobody is left', async () => {
    const run = await misbehave(NAMES, { timeout: '5s', retries: 0 });
    expect(await run.ended, run.output()).toBe(1);
    expectNobody(NAMES);
  });

  it('by itself nobody is left: neither a quick one of its group, nor one that the census has seen', async () => {
    const daemon =
      'setsid sh -c \'echo $$ >>"$GATES/daemon.pids"; exec sleep 1000\' & while [ ! -s "$GATES/daemon.pids" ]; do sleep 0.1; done';
    shellPlan(
      scratch,
      { tasks: ['quick', 'daemon', 'shown'].map((id) => ({ id, create: [`${id}.txt`] })) },
      {
        quick: '(trap "" TERM; sleep 1000; :) & echo $! >"$GATES/quick.pids"; echo 1 >quick.txt',
        // None of the system's own: its environment is shown, wherever it has gone.
        shown: `node -e '${SHOWN}'; echo 1 >shown.txt`,
        // Longer than from one census to the next.
        daemon: `${daemon}; sleep 5; echo 1 >daemon.txt`,
      },
    );
    const run = start('run');
    expect(await run.ended, run.output()).toBe(0);
    expectNobody(['quick', 'daemon', 'shown']);
  });

  it('by SIGKILL: agents live on, resume adopts them, none starts twice, nobody is left', async () => {
    // One that floods, too: the shell that waited for our end cuts its output, and must be gone with the resume.
    const names = [...NAMES, 'flood'];
    const run = await misbehave(names);
    run.child.kill('SIGKILL');
    await run.ended;
    const again = start('resume');
    const adopted = () => eventsOfLatest().filter(({ type }) => type === 'attempt.spawned').length;
    while (adopted() < names.length) await setTimeout(100);
    writeFileSync(gate('end'), '');
    expect(await again.ended, again.output()).toBe(0);
    expect(again.output()).not.toContain('lost');
    expect(journalOf(scratch).filter(({ type }) => type === 'attempt.started')).toHaveLength(names.length);
    expectNobody(names);
  });

  it('agents that ended while no copse was there are not started again, and one with a reused number is lost', async () => {
    const ends = 'touch "$GATES/$1.up"; while [ ! -e "$GATES/$1.end" ]; do sleep 0.1; done; echo 1 >"$1.txt"';
    const names = ['ended', 'reused'];
    shellPlan(
      scratch,
      { tasks: names.map((id) => ({ id, create: [`${id}.txt`] })) },
      Object.fromEntries(names.map((id) => [id, ends])),
    );
    const run = start('run');
    await Promise.all(names.map((name) => fileAppears(gate(`${name}.up`))));
    const second = start('resume');
    expect(await second.ended).toBe(7);
    expect(second.output()).toMatch(new RegExp(`process \\d+ on ${hostname()}`));
    run.child.kill('SIGKILL');
    await run.ended;

    const attempts = join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'attempts');
    writeFileSync(gate('ended.end'), '');
    await fileAppears(join(attempts, 'ended.1/exit'));
    // Its wrapper is gone without a word, and somebody else has got its number: us.
    const pidFile = join(attempts, 'reused.1/pid');
    const { pid, start: began } = JSON.parse(readFileSync(pidFile, 'utf8')) as { pid: number; start: string };
    expect(began).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d\d:\d\d:\d\d \d{4}$/);
    process.kill(-pid, 'SIGKILL');
    writeFileSync(pidFile, `{"pid":${process.pid},"start":"${began.replace(/\d{4}$/, '1999')}"}\n`);
    writeFileSync(gate('reused.end'), '');
    const again = start('resume');
    expect(await again.ended, again.output()).toBe(0);
    const ended = journalOf(scratch).flatMap((event) =>
      event.type === 'attempt.ended' ? `${event.task}.${event.attempt} ${event.outcome}` : [],
    );
    expect(ended.sort()).toEqual(['ended.1 success', 'reused.1 lost', 'reused.2 success']);
    expectNobody([]);
  });

  it('a lock of git that may be held stays, and the way out is told', async () => {
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
    const run = start('run');
    expect(await run.ended, run.output()).toBe(0);
    const lock = join(scratch.repo, '.git/packed-refs.lock');
    writeFileSync(lock, '');
    const clean = copse.start(scratch, ['clean'], place.env, place.enter);
    expect(await clean.ended, clean.output()).not.toBe(0);
    expect(clean.output()).toContain(`when no git runs there: rm '${lock}'`);
    expect(existsSync(lock)).toBe(true);
  });
});
