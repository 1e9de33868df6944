import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { linuxProcesses, parseMarked, parsePs, parseStat, processes, psProcesses } from './table.ts';
import { descendants, findMarked, isAlive, processStart } from './tree.ts';

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
      '    1     0     1 Ss   Mon Nov  2 09:00:00 2026    ',
      ' 4242  4241  4242 S+   Mon Nov 23 13:36:01 2026    ',
      ' 4243  4242  4242 Z+   Mon Nov 23 13:36:02 2026    ',
    ].join('\n');
    expect(parsePs(output)).toEqual([
      { pid: 1, parent: 0, group: 1, session: 0, start: 'Mon Nov 2 09:00:00 2026', zombie: false },
      { pid: 4242, parent: 4241, group: 4242, session: 0, start: 'Mon Nov 23 13:36:01 2026', zombie: false },
      { pid: 4243, parent: 4242, group: 4242, session: 0, start: 'Mon Nov 23 13:36:02 2026', zombie: true },
    ]);
  });

  it('finds a variable among the words of a line', () => {
    const output = ' 7 sh -c x COPSE=a PATH=/bin\n 8 sleep 5 PATH=/bin COPSE=a\n 9 sh COPSE=ab\n10 sh XCOPSE=a\n';
    expect(parseMarked(output, 'COPSE=a')).toEqual([7, 8]);
  });
});

/** A shell and its child; both sleep. */
async function family(env: NodeJS.ProcessEnv) {
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
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
      const { rows, marked } = source.all(`COPSE_TEST=x-${process.pid}`);
      expect(rows).toContainEqual(row);
      expect(rows.map((other) => other.pid)).toContain(process.pid);
      expect([...marked].sort()).toEqual([parent, child].sort());
      expect([...source.all('COPSE_TEST=x').marked]).toEqual([]);
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
    // exec keeps the parent from collecting its child.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
    let row = processes.row(zombie);
    while (row !== null && !row.zombie) row = processes.row(zombie);
    expect(row).not.toBeNull();
    expect(isAlive(zombie, row!.start)).toBe(false);
    parent.stdin.end();
    await new Promise((resolve) => parent.once('close', resolve));
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
