import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linuxProcesses, PAGE_BYTES, parseMarked, parsePs, parseStat, processes, psProcesses } from './table.ts';
import { descendants, findMarked, isAlive, processStart } from './tree.ts';

describe('isAlive', () => {
  it('takes no process for one that had its number before the machine was started again', () => {
    const start = processStart(process.pid)!;
    expect(isAlive(process.pid, start)).toBe(true);
    expect(isAlive(process.pid, start.replace(/(?<=@).*/, '0b5f5fae-0000-4000-8000-000000000000'))).toBe(false);
  });
});

describe('parseStat', () => {
  const stat = (name: string, state = 'S') =>
    `4242 (${name}) ${state} 17 4240 4239 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 1 2 3`;

  it.each(['sh', 'a b', 'x) R 1 2 3 (y', ') ', '((', 'a\nb'])('reads behind the name %j', (name) => {
    expect(parseStat(stat(name))).toEqual({
      pid: 4242,
      parent: 17,
      group: 4240,
      session: 4239,
      start: '987654321',
      zombie: false,
      memory: 2 * PAGE_BYTES,
    });
  });

  it('knows zombies, and refuses what is no such line', () => {
    expect(parseStat(stat('sh', 'Z'))?.zombie).toBe(true);
    expect(parseStat('')).toBeNull();
    expect(parseStat('12 (x')).toBeNull();
    expect(parseStat('12 (x) S 1')).toBeNull();
  });
});

describe('ps as macOS prints it', () => {
  it('is read into the same rows', () => {
    const output = [
      '    1     0     1   512 Ss   Mon Nov  2 09:00:00 2026    ',
      ' 4242  4241  4242  2048 S+   Mon Nov 23 13:36:01 2026    ',
      ' 4243  4242  4242     0 Z+   Mon Nov 23 13:36:02 2026    ',
    ].join('\n');
    expect(parsePs(output)).toEqual([
      { pid: 1, parent: 0, group: 1, session: 0, start: 'Mon Nov 2 09:00:00 2026', zombie: false, memory: 524_288 },
      {
        pid: 4242,
        parent: 4241,
        group: 4242,
        session: 0,
        start: 'Mon Nov 23 13:36:01 2026',
        zombie: false,
        memory: 2_097_152,
      },
      { pid: 4243, parent: 4242, group: 4242, session: 0, start: 'Mon Nov 23 13:36:02 2026', zombie: true, memory: 0 },
    ]);
  });

  it('finds a variable among the words of a line', () => {
    const output = ' 7 sh -c x COPSE=a PATH=/bin\n 8 sleep 5 PATH=/bin COPSE=a\n 9 sh COPSE=ab\n10 sh XCOPSE=a\n';
    expect(parseMarked(output, 'COPSE=a')).toEqual([7, 8]);
  });
});

/** A shell and its child; both stand still. */
async function family(env: NodeJS.ProcessEnv) {
  // The child says who it is after its exec: in the middle of it, it has no environment to be found by.
  const script = "sh -c 'echo $$; kill -STOP $$' & wait";
  const parent = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const child = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  return {
    parent: parent.pid!,
    child,
    end: async () => {
      const closed = new Promise((resolve) => parent.once('close', resolve));
      process.kill(-parent.pid!, 'SIGKILL');
      await closed;
    },
  };
}

describe.each([
  ['/proc', linuxProcesses],
  // procps spells "with the environment" differently from macOS; all else is the code that runs there.
  ['ps', psProcesses(['axeww', '-o', 'pid=,command='])],
])('processes by %s', (_, source) => {
  it('tells parents, groups, starts and markers', async () => {
    const { parent, child, end } = await family({ PATH: process.env.PATH, COPSE_TEST: `x-${process.pid}` });
    try {
      const row = source.row(child)!;
      expect(row).toMatchObject({ pid: child, parent, group: parent, zombie: false });
      expect(source.all()).toContainEqual({ ...row, memory: expect.any(Number) });
      expect(source.all().map((other) => other.pid)).toContain(process.pid);
      const marked = source.marked(`COPSE_TEST=x-${process.pid}`).rows;
      expect(marked.map((other) => other.pid).sort()).toEqual([parent, child].sort());
      expect(marked).toContainEqual({ ...row, memory: expect.any(Number) });
      expect(source.marked('COPSE_TEST=x').rows).toEqual([]);
    } finally {
      await end();
    }
    expect(source.row(parent)).toBeNull();
  });
});

describe('tree', () => {
  it('tells a process from a later one with its pid', async () => {
    const { parent, child, end } = await family({ PATH: process.env.PATH });
    const start = processStart(parent)!;
    try {
      expect(isAlive(parent, start)).toBe(true);
      expect(isAlive(parent, `${start}0`)).toBe(false);
      expect(descendants(parent)).toEqual([child]);
      expect(descendants(process.pid)).toEqual(expect.arrayContaining([parent, child]));
      expect(descendants(child)).toEqual([]);
    } finally {
      await end();
    }
    expect(isAlive(parent, start)).toBe(false);
    expect(processStart(parent)).toBeNull();
  });

  it('takes a zombie for ended', async () => {
    // Its parent becomes a program that never collects it.
    const script = "sh -c 'echo $$; kill -STOP $$' & exec sleep 1000";
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    const start = processStart(zombie)!;
    expect(isAlive(zombie, start)).toBe(true);
    process.kill(zombie, 'SIGKILL');
    while (processes.row(zombie)?.zombie === false) await new Promise((resolve) => setImmediate(resolve));
    expect(processStart(zombie)).toBe(start);
    expect(isAlive(zombie, start)).toBe(false);
    const closed = new Promise((resolve) => parent.once('close', resolve));
    parent.kill('SIGKILL');
    await closed;
  });

  it('finds a marker behind a large environment', async () => {
    const env = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`LARGE_${index}`, 'x'.repeat(20_000)]));
    const { parent, child, end } = await family({ PATH: process.env.PATH, ...env, COPSE_LAST: 'a' });
    try {
      expect(findMarked('COPSE_LAST', 'a')).toEqual(expect.arrayContaining([parent, child]));
    } finally {
      await end();
    }
  });

  it('finds the first variable of an environment, and no value that only begins alike', async () => {
    const { parent, child, end } = await family({ COPSE_FIRST: 'a', PATH: process.env.PATH });
    try {
      expect(findMarked('COPSE_FIRST', 'a')).toEqual(expect.arrayContaining([parent, child]));
      expect(findMarked('COPSE_FIRST', '')).not.toContain(parent);
      expect(findMarked('OPSE_FIRST', 'a')).not.toContain(parent);
    } finally {
      await end();
    }
  });
});
