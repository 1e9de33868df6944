import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from './tree.ts';
import { readExit, waitForExit } from './wait.ts';

let root: string;
let exitFile: string;
const LOST = { exit: null, signal: null, lost: true, at: null };

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-wait-')));
  exitFile = join(root, 'exit');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function sleeper() {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { pid: child.pid!, pidStart: processStart(child.pid!)!, exited, end: () => child.kill('SIGKILL') };
}

describe('readExit', () => {
  it.each([
    ['0\n', 0, null],
    ['1\n', 1, null],
    ['127\n', 127, null],
    ['128\n', 128, null],
    ['130\n', null, 'SIGINT'],
    ['137\n', null, 'SIGKILL'],
    ['143\n', null, 'SIGTERM'],
    ['144\n', 144, null],
    ['145\n', 145, null],
    ['255\n', 255, null],
  ])('%j', (text, exit, signal) => {
    writeFileSync(exitFile, text);
    expect(readExit(exitFile)).toMatchObject({ exit, signal, lost: false });
  });

  it.each(['', '1', '13', 'x\n', '\n', '1\n2\n'])('%j is not recorded yet', (text) => {
    writeFileSync(exitFile, text);
    expect(readExit(exitFile)).toBeNull();
  });

  it('says when', () => {
    expect(readExit(exitFile)).toBeNull();
    const before = Date.now();
    writeFileSync(exitFile, '0\n');
    expect(readExit(exitFile)!.at).toBeGreaterThan(before - 5000);
  });
});

describe('waitForExit of a process that is not our child', () => {
  it('sees the exit file come', async () => {
    const { end, exited, ...process } = sleeper();
    const waiting = waitForExit({ ...process, exitFile });
    writeFileSync(join(root, 'other'), '3\n');
    writeFileSync(join(root, 'new'), '3\n');
    renameSync(join(root, 'new'), exitFile);
    expect(await waiting).toMatchObject({ exit: 3 });
    end();
    await exited;
  });

  it('finds it lost when its wrapper was killed', async () => {
    const { end, exited, ...process } = sleeper();
    const waiting = waitForExit({ ...process, exitFile });
    end();
    expect(await waiting).toEqual(LOST);
    await exited;
  });

  it('does not mistake a later process with its pid for it', async () => {
    const { end, exited, pid, pidStart } = sleeper();
    expect(await waitForExit({ pid, pidStart: `${pidStart}1`, exitFile })).toEqual(LOST);
    writeFileSync(exitFile, '0\n');
    expect(await waitForExit({ pid, pidStart: `${pidStart}1`, exitFile })).toMatchObject({ exit: 0 });
    end();
    await exited;
  });

  it('rejects when the signal aborts', async () => {
    const { end, exited, ...process } = sleeper();
    const stop = new AbortController();
    const waiting = waitForExit({ ...process, exitFile }, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    end();
    await exited;
  });
});

describe('waitForExit of our child', () => {
  it('ends with it, recorded or lost', async () => {
    const { end, ...process } = sleeper();
    const waiting = waitForExit({ ...process, exitFile });
    end();
    expect(await waiting).toEqual(LOST);
  });
});
