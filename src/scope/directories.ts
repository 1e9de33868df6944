import { compileGlob } from './glob.ts';
import type { Scope } from './scope.ts';

/**
 * The directories that hold everything a task may create or modify, relative to the top, with `/`, none inside another;
 * `.` is the top itself. Empty for a task without a scope.
 */
export function directoriesOf({ create, modify }: Scope): string[] {
  const found = [...create, ...modify].map(({ pattern }) => directoryOf(pattern));
  return outermost(found);
}

/** A folder itself, the folder of a file, or the part of a glob before its first wildcard. */
function directoryOf(pattern: string): string {
  const { literal, below, prefix } = compileGlob(pattern);
  if (literal !== null && below) return literal;
  const end = (literal ?? prefix).lastIndexOf('/');
  return end <= 0 ? '.' : (literal ?? prefix).slice(0, end);
}

/** A directory as a person may write it, without `./`, doubled and last slashes; the top is `.`. */
export function plainDirectory(path: string): string {
  return (
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/') || '.'
  );
}

/** Without repetitions and without those that lie inside others. */
export function outermost(directories: readonly string[]): string[] {
  const all = [...new Set(directories)].sort();
  return all.filter((each) => !all.some((other) => other !== each && contains(other, each)));
}

/** Whether a path is a directory or lies in it. */
export function contains(directory: string, path: string): boolean {
  return directory === '.' || path === directory || path.startsWith(`${directory}/`);
}

interface Confined {
  id: string;
  deps: readonly string[];
  directories: readonly string[];
}

export interface SharedDirectory {
  tasks: [string, string];
  directories: [string, string];
}

/** So many pairs say enough. */
const MAX_SHARED = 1000;

/** Pairs of tasks that may be at work at the same time in directories that meet: neither waits for the other. */
export function sharedDirectories(tasks: readonly Confined[]): SharedDirectory[] {
  const owners = new Map<string, number[]>();
  for (const [at, { directories }] of tasks.entries()) {
    for (const directory of directories) {
      const known = owners.get(directory);
      if (known) known.push(at);
      else owners.set(directory, [at]);
    }
  }
  const ordered = ordering(tasks);
  const shared = new Map<number, SharedDirectory>();
  for (const [at, { directories }] of tasks.entries()) {
    for (const other of directories.flatMap(upwards).flatMap((directory) => owners.get(directory) ?? [])) {
      const [first, second] = at < other ? [at, other] : [other, at];
      const pair = first * tasks.length + second;
      if (at === other || shared.has(pair) || ordered(first, second)) continue;
      const [a, b] = [tasks[first]!, tasks[second]!];
      shared.set(pair, { tasks: [a.id, b.id], directories: meeting(a.directories, b.directories) });
      if (shared.size === MAX_SHARED) return inOrder(shared);
    }
  }
  return inOrder(shared);
}

function inOrder(shared: ReadonlyMap<number, SharedDirectory>): SharedDirectory[] {
  return [...shared].sort(([a], [b]) => a - b).map(([, each]) => each);
}

/** `a/b` → `a/b`, `a`, `.`. */
function upwards(directory: string): string[] {
  const above = [directory];
  for (let at = directory.lastIndexOf('/'); at > 0; at = directory.lastIndexOf('/', at - 1))
    above.push(directory.slice(0, at));
  return directory === '.' ? above : [...above, '.'];
}

function meeting(a: readonly string[], b: readonly string[]): [string, string] {
  for (const one of a) {
    for (const other of b) if (contains(one, other) || contains(other, one)) return [one, other];
  }
  throw new Error('the directories do not meet');
}

/** Tells whether one of two tasks waits for the other, directly or not; the plan has no cycles. A bit for each pair. */
function ordering(tasks: readonly Confined[]): (a: number, b: number) => boolean {
  const numbers = new Map(tasks.map(({ id }, at) => [id, at]));
  const words = Math.ceil(tasks.length / 32);
  const behind: (Uint32Array | undefined)[] = [];
  const has = (a: number, b: number) => ((behind[a]![b >> 5]! >>> (b & 31)) & 1) === 1;
  for (const start of numbers.values()) {
    const open = [start];
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const deps = tasks[at]!.deps.flatMap((dep) => numbers.get(dep) ?? []);
      const missing = deps.filter((dep) => behind[dep] === undefined);
      if (missing.length > 0) {
        open.push(...missing);
        continue;
      }
      open.pop();
      behind[at] ??= gathered(words, deps, behind as Uint32Array[]);
    }
  }
  return (a, b) => has(a, b) || has(b, a);
}

function gathered(words: number, deps: readonly number[], behind: readonly Uint32Array[]): Uint32Array {
  const bits = new Uint32Array(words);
  for (const dep of deps) {
    bits[dep >> 5]! |= 1 << (dep & 31);
    for (const [word, value] of behind[dep]!.entries()) bits[word]! |= value;
  }
  return bits;
}
