import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeLine } from '../../src/journal/codec.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { builtCopse, type Copse, type CopseProcess, fileAppears } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';
import { type SmallDisk, smallDisk } from '../rig/small-disk.ts';

// A real disk of 40 MB that runs full: the repository, its git directory and the workspaces are on it.

let copse: Copse;
let scratch: Scratch;
let disk: SmallDisk;
let gates: string;

beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(() => {
  scratch = scratchRepository(undefined, 'disk/repo');
  gates = join(scratch.root, 'gates');
  mkdirSync(gates);
});
afterEach(async () => {
  await disk.remove();
  scratch.remove();
});

const BALLAST = '"$DISK/ballast"';
/** Leaves so many kilobytes on the disk. */
const fillUpTo = (kb: number) =>
  `free=$(df -Pk "$DISK" | awk 'NR == 2 { print $4 }'); head -c $((free - ${kb}))k /dev/zero >${BALLAST} || true`;
const until = (gate: string) => `while [ ! -e "$GATES/${gate}" ]; do sleep 0.05; done`;
const reach = (gate: string) => `touch "$GATES/${gate}"`;
const open = (gate: string) => writeFileSync(join(gates, gate), '');

const env = () => ({ ...scratch.env, DISK: join(scratch.root, 'disk'), GATES: gates });
const start = (...argv: string[]) => copse.start(scratch, argv, env(), disk.enter);
const sh = (script: string) => disk.sh(`cd ${scratch.repo} && ${script}`, env());
const free = () => sh(`rm -f ${BALLAST}`);

async function world(scripts: Record<string, string>, limits: object = {}): Promise<string> {
  const tasks = [
    { id: 'task-001', create: ['task-001.txt'] },
    { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
  ];
  const name = shellPlan(scratch, { tasks, config: { limits } }, scripts);
  disk = await smallDisk(join(scratch.root, 'disk'), '40m');
  return name;
}

/** The journal, line by line; whatever is no whole line is given as text. */
function journal(): { events: RunEvent[]; torn: string[] } {
  const lines = sh('cat .git/copse/runs/*/journal.jsonl').split('\n').filter(Boolean);
  const decoded = lines.map((line) => decodeLine(Buffer.from(line))?.event ?? line);
  return {
    events: decoded.filter((each) => typeof each !== 'string'),
    torn: decoded.filter((each) => typeof each === 'string'),
  };
}

const started = () => journal().events.filter(({ type }) => type === 'attempt.started').length;

async function says(run: CopseProcess, text: string): Promise<void> {
  while (!run.output().includes(text)) {
    const said = new Promise((resolve) => run.child.stdout!.once('data', resolve));
    const over = run.ended.then((exit) => {
      if (!run.output().includes(text)) throw new Error(`ended with ${exit} before it said ${text}:\n${run.output()}`);
    });
    await Promise.race([said, over]);
  }
}

/** Repository and journal are sound, both tasks are in, and neither was paid for twice. */
function expectSound(name: string): void {
  expect(sh('git fsck --full --strict 2>&1 | grep -v "^dangling" || true')).toBe('');
  expect(sh('git status --porcelain')).toBe('');
  expect(sh(`git ls-tree --name-only copse/${name}`).split('\n')).toEqual(
    expect.arrayContaining(['task-001.txt', 'task-002.txt']),
  );
  expect(started()).toBe(2);
}

describe('a disk that runs full', () => {
  it('holds starts with a reason, and goes on by itself when there is room', async () => {
    const script = `${reach('begun')}; ${until('open')}; echo hi >$1.txt`;
    const name = await world({ 'task-001': script }, { minFreeDisk: '5MB' });
    const run = start('run', '--progress', 'plain');
    await fileAppears(join(gates, 'begun'));
    sh(fillUpTo(12_000));
    open('open');
    await says(run, 'status=held resource=disk');
    expect(run.output()).toMatch(/reason="\d+ MB free at .*disk.*, one more workspace needs 21 MB"/);
    free();
    expect(await run.ended, run.output()).toBe(0);
    expect(run.output()).toContain('execution status=resumed');
    expectSound(name);
    expect(journal().torn).toEqual([]);
  });

  it('keeps the work of an agent that could not be committed until there is room', async () => {
    // What cannot be compressed needs its own size once more in git.
    const script = `head -c 6000k /dev/urandom >$1.txt; ${fillUpTo(2500)}`;
    const name = await world({ 'task-001': script }, { minFreeDisk: '0' });
    const run = start('run', '--json');
    await says(run, 'its work waited for room on the disk');
    free();
    expect(await run.ended, run.output()).toBe(0);
    expectSound(name);
    expect(sh(`git cat-file -s copse/${name}:task-001.txt`)).toBe('6144000');
  });

  it('with not one byte left: a stop ends in time, nothing is lost, and resume goes on', async () => {
    const fill = `${fillUpTo(0)}; ${reach('full')}; echo more than there is room for`;
    const script = `echo work >$1.txt; if [ $2 = 1 ]; then ${fill}; fi`;
    const name = await world({ 'task-001': script }, { minFreeDisk: '0' });
    const first = start('run', '--progress', 'plain');
    await fileAppears(join(gates, 'full'));
    first.child.kill('SIGTERM');
    first.child.kill('SIGINT');
    expect([7, 143], first.output()).toContain(await first.ended);
    expect(first.output()).toContain('resume');
    expect(sh('git fsck --full --strict 2>&1 | grep -v "^dangling" || true')).toBe('');
    free();
    const again = start('resume', '--progress', 'plain');
    expect(await again.ended, again.output()).toBe(0);
    expect(sh(`git show copse/${name}:task-001.txt`)).toBe('work');
    expect(sh(`git ls-tree --name-only copse/${name}`)).toContain('task-002.txt');
  });

  it('survives a kill while nothing can be written: at most the last line of the journal is torn', async () => {
    const script = `echo work >$1.txt; ${fillUpTo(0)}; ${reach('full')}; ${until('open')}`;
    const name = await world({ 'task-001': script }, { minFreeDisk: '0' });
    const first = start('run', '--progress', 'plain');
    await fileAppears(join(gates, 'full'));
    open('open');
    first.child.kill('SIGKILL');
    await first.ended;
    expect(journal().torn.length).toBeLessThanOrEqual(1);
    free();
    const again = start('resume', '--progress', 'plain');
    expect(await again.ended, again.output()).toBe(0);
    expectSound(name);
  });

  it('that has no room for a workspace from the beginning on ends the run, which can be resumed', async () => {
    const name = await world({}, { minFreeDisk: '30MB' });
    const first = start('run', '--progress', 'plain');
    expect(await first.ended, first.output()).toBe(7);
    expect(first.output()).toContain('no space left on the disk');
    expect(first.output()).toContain(`copse resume ${name}`);
    expect(started()).toBe(0);
    sh('sed -i s/30MB/1MB/ copse.config.json && git commit -qam config');
    const again = start('resume', '--progress', 'plain');
    expect(await again.ended, again.output()).toBe(0);
    expectSound(name);
  });
});
