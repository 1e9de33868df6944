import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linuxMemory, machineMemory, parseVmStat } from './memory.ts';
import { probe } from './probe.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'copse-machine-'));
  write('proc/meminfo', 'MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    4000000 kB\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('memory on Linux', () => {
  it('is what can be had without swapping', () => {
    expect(linuxMemory(root)).toEqual({ free: 4_096_000_000, total: 16_384_000_000 });
  });

  it('is that of the container when it has less: any group above us counts, its caches are free', () => {
    write('proc/self/cgroup', '0::/system.slice/ci.scope\n');
    write('sys/fs/cgroup/system.slice/ci.scope/memory.max', 'max\n');
    write('sys/fs/cgroup/system.slice/memory.max', '1000000000\n');
    write('sys/fs/cgroup/system.slice/memory.current', '700000000\n');
    write('sys/fs/cgroup/system.slice/memory.stat', 'anon 1\ninactive_file 200000000\n');
    expect(linuxMemory(root)).toEqual({ free: 500_000_000, total: 1_000_000_000 });
  });

  it('knows the older groups, whose path may be that of the host', () => {
    write('proc/self/cgroup', '5:cpu:/x\n4:memory:/docker/abc\n0::/docker/abc\n');
    write('sys/fs/cgroup/memory/memory.limit_in_bytes', '512000000\n');
    write('sys/fs/cgroup/memory/memory.usage_in_bytes', '600000000\n');
    write('sys/fs/cgroup/memory/memory.stat', 'total_inactive_file 0\n');
    expect(linuxMemory(root)).toEqual({ free: 0, total: 512_000_000 });
  });

  it('takes a limit above what the machine has for none', () => {
    write('proc/self/cgroup', '4:memory:/\n');
    write('sys/fs/cgroup/memory/memory.limit_in_bytes', '9223372036854771712\n');
    expect(linuxMemory(root).free).toBe(4_096_000_000);
  });
});

describe('memory on macOS', () => {
  it('is read from vm_stat', () => {
    const text = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                3632.
Pages active:                            254461.
Pages inactive:                          251986.
Pages speculative:                         1500.
Pages throttled:                              0.
Pages wired down:                        108391.
Pages purgeable:                            700.
`;
    expect(parseVmStat(text)).toBe((3632 + 251_986 + 1500 + 700) * 16_384);
    expect(parseVmStat('')).toBeNull();
  });
});

describe('this machine', () => {
  it('tells what it has left', () => {
    const { memory, load, disks, files } = probe([join(root, 'not', 'there', 'yet'), root, '/proc']);
    expect(memory!.free).toBeGreaterThan(0);
    expect(memory!.free).toBeLessThanOrEqual(totalmem());
    expect(machineMemory().total).toBe(memory!.total);
    expect(load).toBeGreaterThanOrEqual(0);
    expect(disks[0]!.path).toBe(root);
    expect(disks[0]!.free).toBeLessThanOrEqual(disks[0]!.total);
    if (process.platform === 'linux') expect(files).toBeGreaterThan(10);
  });
});
