import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { askProgram } from '../process/table.ts';

/** Bytes. */
export interface Memory {
  /** What programs can still have without pushing others out; caches count as free. */
  free: number;
  total: number;
}

/** The memory that is there for us: of the machine, or of the container when that has less. */
export function machineMemory(): Memory {
  if (process.platform === 'linux') return linuxMemory('/');
  if (process.platform === 'darwin') {
    const free = parseVmStat(askProgram('vm_stat', []));
    if (free !== null) return { free, total: totalmem() };
  }
  return { free: freemem(), total: totalmem() };
}

/** `root`: where /proc and /sys are. */
export function linuxMemory(root: string): Memory {
  const whole = parseMeminfo(read(join(root, 'proc/meminfo'))) ?? { free: freemem(), total: totalmem() };
  return cgroupMemories(root).reduce(
    (least, group) => ({ free: Math.min(least.free, group.free), total: Math.min(least.total, group.total) }),
    whole,
  );
}

function parseMeminfo(text: string): Memory | null {
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  const [free, total] = [of('MemAvailable'), of('MemTotal')];
  return Number.isNaN(free + total) ? null : { free, total };
}

/** `vm_stat` of macOS: pages that are free, or can be made so without writing. */
export function parseVmStat(text: string): number | null {
  const page = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((name) =>
    Number(new RegExp(`^Pages ${name}:\\s+(\\d+)\\.`, 'm').exec(text)?.[1] ?? 0),
  );
  const free = page * pages.reduce((sum, each) => sum + each, 0);
  return free > 0 ? free : null;
}

interface Names {
  limit: string;
  usage: string;
  /** Of memory.stat: caches that go when somebody needs the room. */
  cache: string;
}

const V2: Names = { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' };
const V1: Names = { limit: 'memory.limit_in_bytes', usage: 'memory.usage_in_bytes', cache: 'total_inactive_file' };

/** Our control group and those around it, as far as they have a limit. */
function cgroupMemories(root: string): Memory[] {
  const found: Memory[] = [];
  for (const line of read(join(root, 'proc/self/cgroup')).split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (!match) continue;
    const [, controllers, path] = match as unknown as [string, string, string];
    if (controllers === '') found.push(...limitsAbove(join(root, 'sys/fs/cgroup'), path, V2));
    else if (controllers.split(',').includes('memory'))
      found.push(...limitsAbove(join(root, 'sys/fs/cgroup/memory'), path, V1));
  }
  return found;
}

/** In a container the path may be the host's, of which only the top is there. */
function limitsAbove(top: string, path: string, names: Names): Memory[] {
  const found: Memory[] = [];
  for (let at = path; ; at = dirname(at)) {
    const of = (name: string) => read(join(top, at, name)).trim();
    const total = Number(of(names.limit) || 'max');
    if (Number.isFinite(total) && total < totalmem()) {
      const cache = Number(new RegExp(`^${names.cache} (\\d+)$`, 'm').exec(of('memory.stat'))?.[1] ?? 0);
      found.push({ total, free: Math.max(0, total - Number(of(names.usage)) + cache) });
    }
    if (at === '/') return found;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
