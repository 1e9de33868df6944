import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileAppears } from '../rig/copse.ts';
import type { Scratch } from '../rig/repository.ts';
import { eventsOf } from './invariants.ts';
import { crashRepository } from './plan.ts';
import { type CrashRig, crashRig, noted, processesWith, type Site } from './rig.ts';

// Two copses at one plan: one holds it, the other says who does. COPSE_CRASH=all races twenty times.

const RACES = process.env.COPSE_CRASH === 'all' ? 20 : 2;

let rig: CrashRig;
let template: Scratch;
let site: Site;
beforeAll(() => {
  rig = crashRig();
  const acts = 'until [ -e "$log/open" ]; do sleep 0.02; done; echo 1 >one.txt; commit';
  template = crashRepository({ tasks: [{ id: 'task-001', create: ['one.txt'], acts }] });
});
afterAll(() => {
  template.remove();
  rig.remove();
});
beforeEach(() => {
  site = rig.enter(template);
});
afterEach(() => rig.leave(site));

const open = () => writeFileSync(join(site.root, 'log/open'), '');
const agentBegins = () => fileAppears(join(site.root, 'log/busy.task-001'));

/** A run that was killed while its agent works. */
async function killedRun(): Promise<void> {
  const { pid, ended } = rig.start(site, ['run']);
  await agentBegins();
  process.kill(pid, 'SIGKILL');
  await ended;
}

/** Starts both in the same instant; expects that one goes on to the end and the other names it. */
async function race(one: string[], other: string[]): Promise<void> {
  const runs = [rig.start(site, one), rig.start(site, other)];
  const first = await Promise.race(runs.map(async (run, at) => ({ at, ...(await run.ended) })));
  const holder = runs[1 - first.at]!;
  expect(first.how, first.output).toBe(7);
  expect(first.output).toContain(`process ${holder.pid} on ${hostname()}`);
  open();
  const { how, output } = await holder.ended;
  expect(how, output).toBe(0);
  expect(noted(site, 'starts')).toHaveLength(1);
  expect(eventsOf(site).filter((event) => event.type === 'attempt.started')).toHaveLength(1);
  expect(readdirSync(join(site.repo, '.git/copse/runs'))).toHaveLength(1);
}

describe('two at once', () => {
  it.each(Array.from({ length: RACES }, (_, number) => number + 1))('run and run: race %i', () =>
    race(['run'], ['run']),
  );

  it.each(Array.from({ length: RACES }, (_, number) => number + 1))('resume and resume: race %i', async () => {
    await killedRun();
    await race(['resume'], ['resume']);
  });

  it('whatever else is asked while one runs is refused, with its pid and host, and changes nothing', async () => {
    const run = rig.start(site, ['run']);
    await agentBegins();
    for (const argv of [
      ['run'],
      ['resume'],
      ['clean'],
      ['clean', '--force'],
      ['integrate'],
      ['run', '--retry-failed'],
    ]) {
      const { how, output } = await rig.copse(site, argv);
      expect(how, output).toBe(7);
      expect(output).toContain(`process ${run.pid} on ${hostname()}`);
    }
    open();
    expect((await run.ended).how).toBe(0);
  });
});

describe('a holder that cannot be seen from here', () => {
  it('is not taken for dead: its lock stays, and the way out is told', async () => {
    await killedRun();
    open();
    const folder = join(site.repo, '.git/copse/runs', readdirSync(join(site.repo, '.git/copse/runs'))[0]!);
    const lock = join(folder, readdirSync(folder).find((name) => /^lock\.\d+$/.test(name))!);
    const elsewhere = JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), host: 'elsewhere' });
    writeFileSync(lock, elsewhere);
    const { how, output } = await rig.copse(site, ['resume']);
    expect(how).toBe(7);
    expect(output).toContain('on elsewhere');
    expect(output).toContain(`rm '${lock}'`);
    expect(readFileSync(lock, 'utf8')).toBe(elsewhere);
  });
});

describe('a run that was killed', () => {
  it('status says so, and the command that goes on', async () => {
    await killedRun();
    const { how, output } = await rig.copse(site, ['status']);
    expect(how).toBe(0);
    expect(output).toMatch(/1 unwatched/);
    expect(output).toMatch(/copse resume TS-0001-scratch\n$/);
    open();
    expect((await rig.copse(site, ['resume'])).how).toBe(0);
    expect(noted(site, 'starts')).toHaveLength(1);
  });

  it('clean --force ends the agents that nobody would take over, and keeps what they made', async () => {
    await killedRun();
    const { how, output } = await rig.copse(site, ['clean', '--force']);
    expect(how, output).toBe(0);
    expect(processesWith(`COPSE_ATTEMPT=${eventsOf(site)[0]!.run}/`)).toEqual([]);
    expect(existsSync(join(site.root, 'workspaces'))).toBe(false);
    expect((await rig.copse(site, ['status'])).output).toContain('copse run TS-0001-scratch');
  });
});

describe('after the machine was started again', () => {
  it('a stranger that has got the number of an agent is neither adopted nor ended', async () => {
    await killedRun();
    for (const pid of processesWith(`COPSE_ATTEMPT=${eventsOf(site)[0]!.run}/`)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // one that ended with another
      }
    }
    const attempts = join(site.repo, '.git/copse/runs', eventsOf(site)[0]!.run, 'attempts');
    const pidFile = join(attempts, 'task-001.1/pid');
    const { start } = JSON.parse(readFileSync(`${pidFile}`, 'utf8')) as { start: string };
    // The same number and the same ticks, of another boot: us.
    const ticks = readFileSync(`/proc/${process.pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[19];
    writeFileSync(pidFile, `{"pid":${process.pid},"start":"${ticks}@${start.split('@')[1]!.replace(/^./, 'z')}"}\n`);
    open();
    const { how, output } = await rig.copse(site, ['resume']);
    expect(how, output).toBe(0);
    expect(eventsOf(site).flatMap((event) => (event.type === 'attempt.ended' ? event.outcome : []))).toEqual([
      'lost',
      'success',
    ]);
  });
});
