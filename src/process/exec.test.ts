import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSays } from '../../test/rig/file-says.ts';
import { exec } from './exec.ts';
import { processes } from './table.ts';

const env = { PATH: process.env.PATH };
const sh = (script: string, options = {}) => exec('sh', ['-c', script], { env, ...options });
const runs = (pid: number) => processes.row(pid)?.zombie === false;

describe('exec', () => {
  it('gives status and both outputs', async () => {
    const result = await sh('echo out; echo err >&2; exit 3');
    expect({ ...result, stdout: `${result.stdout}`, stderr: `${result.stderr}` }).toEqual({
      pid: expect.any(Number),
      exit: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
      spawnError: null,
    });
    expect(await sh('kill -TERM $$')).toMatchObject({ exit: null, signal: 'SIGTERM' });
  });

  it('hands over input, and survives a program that does not read it', async () => {
    expect(`${(await sh('cat', { input: 'héllo' })).stdout}`).toBe('héllo');
    expect(await sh('exec <&-; exit 4', { input: 'x'.repeat(1_000_000) })).toMatchObject({ exit: 4 });
  });

  it('says what could not be started', async () => {
    expect(await exec('no-such-program', [], { env })).toMatchObject({ exit: null, spawnError: 'ENOENT' });
    expect(await exec('echo', ['x'.repeat(200_000)], { env })).toMatchObject({ spawnError: 'E2BIG' });
    expect(await exec('echo', ['\0'], { env })).toMatchObject({ spawnError: 'ERR_INVALID_ARG_VALUE' });
  });

  it('keeps the end of too much output', async () => {
    const { stdout } = await sh('yes 1234567 | head -c 8000000; printf end', { maxBytes: 1003 });
    expect(stdout.length).toBe(1003);
    expect(`${stdout.subarray(-11)}`).toBe('1234567\nend');
  });

  it('ends a program and its children when the time is over', async () => {
    const root = mkdtempSync(join(tmpdir(), 'copse-exec-'));
    try {
      const child = join(root, 'child');
      const result = await sh(`sleep 1000 & echo $! >'${child}'; echo said; wait`, { timeoutMs: 300 });
      expect(result).toMatchObject({ exit: null, signal: 'SIGKILL', timedOut: true });
      expect(`${result.stdout}`).toBe('said\n');
      expect(runs(Number(readFileSync(child, 'utf8')))).toBe(false);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('ends with the signal, also one that was aborted before', async () => {
    const root = mkdtempSync(join(tmpdir(), 'copse-exec-'));
    try {
      const stop = new AbortController();
      const running = sh(`echo >'${root}/up'; sleep 1000`, { signal: stop.signal });
      await fileSays(join(root, 'up'));
      stop.abort();
      expect(await running).toMatchObject({ signal: 'SIGKILL', timedOut: false });
      expect(await sh('sleep 1000', { signal: stop.signal })).toMatchObject({ signal: 'SIGKILL' });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('does not wait for ever for a daemon that holds the pipes', async () => {
    const result = await sh('setsid sleep 1000 & echo $!; yes | head -c 3000000; exit 2');
    expect(result.exit).toBe(2);
    const [pid] = `${result.stdout.subarray(0, 20)}`.split('\n');
    expect(result.stdout.length).toBe(3_000_000 + pid!.length + 1);
    expect(runs(Number(pid))).toBe(true);
    process.kill(Number(pid), 'SIGKILL');
  });
});
