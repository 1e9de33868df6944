import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSays } from '../../test/rig/file-says.ts';
import { launch } from './launch.ts';
import { askToEnd, stopTree } from './stop.ts';
import { processes } from './table.ts';
import { findMarked, isAlive, processStart } from './tree.ts';
import { waitForExit } from './wait.ts';

let root: string;
let marker: { name: string; value: string };
const at = (name: string) => join(root, name);

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-stop-')));
  marker = { name: 'COPSE_ATTEMPT', value: root };
});
afterEach(() => {
  const left = findMarked(marker.name, marker.value);
  for (const pid of left) process.kill(pid, 'SIGKILL'); // of a test that failed: they would run for ever
  expect(left).toEqual([]);
  rmSync(root, { recursive: true, force: true });
});

/** Launches a shell script; it says `ready` (any line) in its output when it may be stopped. */
async function agent(script: string) {
  const launched = await launch({
    argv: ['sh', '-c', script],
    cwd: root,
    env: { PATH: process.env.PATH, COPSE_ATTEMPT: root },
    stdin: null,
    stdout: at('out'),
    stderr: at('err'),
    exitFile: at('exit'),
  });
  if ('error' in launched) throw new Error(launched.error.message);
  await fileSays(at('out'), (text) => text.includes('ready'));
  return launched;
}

const said = (name: string) => Number(readFileSync(at(name), 'utf8'));
/** Nobody may collect orphans here (a container without init): an ended one stays a zombie. */
const runs = (pid: number) => processes.row(pid)?.zombie === false;
const exit = (launched: { pid: number; pidStart: string; exited: Promise<void> }) =>
  waitForExit({ ...launched, exitFile: at('exit') });

describe('stopTree', () => {
  it('asks first: who obeys ends in its own way, and its exit is recorded', async () => {
    const launched = await agent(
      'trap "echo bye; exit 9" TERM; echo ready; while :; do read x <fifo; done 2>/dev/null',
    );
    const stopped = await stopTree({ ...launched, marker }, { graceMs: 60_000 });
    expect(stopped.left).toEqual([]);
    expect(stopped.ended).toContain(launched.pid);
    expect(await exit(launched)).toMatchObject({ exit: 9 });
    expect(readFileSync(at('out'), 'utf8')).toBe('ready\nbye\n');
  });

  it('ends by force who ignores SIGTERM, and that is recorded too', async () => {
    const launched = await agent('trap "" TERM INT HUP; echo ready; while :; do sleep 1000; done');
    expect((await stopTree({ ...launched, marker }, { graceMs: 100 })).left).toEqual([]);
    expect(await exit(launched)).toMatchObject({ exit: null, signal: 'SIGKILL', lost: false });
  });

  it('waits for no grace once the signal is aborted', async () => {
    const launched = await agent('trap "" TERM; echo ready; while :; do sleep 1000; done');
    const options = { graceMs: 1e9, signal: AbortSignal.abort() };
    expect((await stopTree({ ...launched, marker }, options)).left).toEqual([]);
    expect(await exit(launched)).toMatchObject({ signal: 'SIGKILL' });
  });

  it('reaches tools in sessions of their own whose parents are gone', async () => {
    const launched = await agent(
      `setsid sh -c 'trap "" TERM; echo $$ >daemon; setsid sleep 1000 & sleep 1000 & wait; sleep 1000' &
       while ! [ -s daemon ]; do :; done; nohup sleep 1000 >/dev/null 2>&1 & echo ready; exit 0`,
    );
    await exit(launched);
    await launched.exited;
    const daemon = said('daemon');
    const stopped = await stopTree({ ...launched, marker }, { graceMs: 0 });
    expect(stopped.left).toEqual([]);
    expect(stopped.ended).toContain(daemon);
    expect(runs(daemon)).toBe(false);
  });

  it('finds a child without the marker in the group of one that was seen', async () => {
    const launched = await agent(`env -i sh -c 'trap "" TERM; echo $$ >bare; sleep 1000; sleep 1000' &
       while ! [ -s bare ]; do :; done; echo ready; wait`);
    const bare = said('bare');
    expect(findMarked(marker.name, marker.value)).not.toContain(bare);
    const stopped = await stopTree({ ...launched, marker }, { graceMs: 50 });
    expect(stopped.ended).toContain(bare);
    expect(runs(bare)).toBe(false);
  });

  it('catches up with one that forks and leaves its session again and again', async () => {
    writeFileSync(
      at('hydra.sh'),
      'trap "" TERM HUP\necho $$ >>pids\n[ "$1" -gt 20000 ] && exec sleep 1000\nsetsid sh hydra.sh $(($1 + 1)) &\n',
    );
    const launched = await agent('sh hydra.sh 0; sh hydra.sh 0; echo ready; sleep 1000');
    const stopped = await stopTree({ ...launched, marker }, { graceMs: 0 });
    expect(stopped.left).toEqual([]);
    expect(findMarked(marker.name, marker.value)).toEqual([]);
  });

  it('signals nobody who only has the pid', async () => {
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const pid = stranger.pid!;
    const start = processStart(pid)!;
    const stopped = await stopTree({ pid, pidStart: `${start}1`, marker }, { graceMs: 0 });
    expect(stopped).toEqual({ ended: [], left: [] });
    expect(isAlive(pid, start)).toBe(true);
    const gone = new Promise((resolve) => stranger.once('exit', resolve));
    stranger.kill('SIGKILL');
    await gone;
  });

  it('never signals ourselves, nor init', async () => {
    const self = { pid: process.pid, pidStart: processStart(process.pid)! };
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    const asked = { pid: child.pid!, pidStart: processStart(child.pid!)! };
    expect(await stopTree({ pid: 1, pidStart: processStart(1) ?? '' }, { graceMs: 0 })).toEqual({
      ended: [],
      left: [],
    });
    expect(await stopTree(self, { graceMs: 0 })).toEqual({ ended: [], left: [] });
    expect(isAlive(asked.pid, asked.pidStart)).toBe(true);
    expect((await stopTree(asked, { graceMs: 60_000 })).ended).toEqual([asked.pid]);
    expect(await gone).toBe('SIGTERM');
  });
});

describe('askToEnd', () => {
  /** Ends when it is asked to, after its child in a session of its own, and says who was asked. */
  const FOREMAN = `trap 'echo asked; kill $(cat child); exit 9' TERM
    setsid sh -c 'trap "echo child >>child-asked; exit" TERM; echo $$ >child; mkfifo hold; read x <hold' &
    while ! [ -s child ]; do :; done; echo ready; while :; do read x <fifo; done 2>/dev/null`;

  it('reaches the program and none of its children, and waits until it has ended them', async () => {
    const launched = await agent(FOREMAN.replace('kill $(cat child)', 'echo $(ls child-asked); kill $(cat child)'));
    await askToEnd(launched, { graceMs: 60_000 });
    expect(await exit(launched)).toMatchObject({ exit: 9 });
    expect(readFileSync(at('out'), 'utf8')).toBe('ready\nasked\n\n');
    expect((await stopTree({ ...launched, marker }, { graceMs: 60_000 })).left).toEqual([]);
  });

  it('goes past a program in front of it, which would take it down', async () => {
    writeFileSync(at('foreman.sh'), FOREMAN);
    const launched = await agent('sh foreman.sh; status=$?; echo over; exit $status');
    await askToEnd(launched, { graceMs: 60_000 });
    expect(await exit(launched)).toMatchObject({ exit: 9 });
    expect(readFileSync(at('out'), 'utf8')).toBe('ready\nasked\nover\n');
    expect((await stopTree({ ...launched, marker }, { graceMs: 60_000 })).left).toEqual([]);
  });

  it('leaves who does not obey for stopTree, after the grace or at once', async () => {
    const launched = await agent('trap "" TERM; echo ready; while :; do sleep 1000; done');
    await askToEnd(launched, { graceMs: 50 });
    await askToEnd(launched, { graceMs: 1e9, signal: AbortSignal.abort() });
    expect(isAlive(launched.pid, launched.pidStart)).toBe(true);
    expect((await stopTree({ ...launched, marker }, { graceMs: 0 })).left).toEqual([]);
  });

  it('signals nobody in the group of a stranger', async () => {
    const launched = await agent('trap "echo asked" TERM; mkfifo hold; echo ready; read x <hold; echo over');
    await askToEnd({ pid: launched.pid, pidStart: `${launched.pidStart}1` }, { graceMs: 1e9 });
    writeFileSync(at('hold'), 'go on\n');
    await exit(launched);
    expect(readFileSync(at('out'), 'utf8')).toBe('ready\nover\n');
  });
});
