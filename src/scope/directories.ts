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

/** Pairs of tasks that may be at work at the same time in directories that meet: neither waits for the other. */
export function sharedDirectories(tasks: readonly Confined[]): SharedDirectory[] {
  const behind = waitingFor(tasks);
  const shared: SharedDirectory[] = [];
  for (const [at, a] of tasks.entries()) {
    for (const b of tasks.slice(at + 1)) {
      if (behind.get(a.id)!.has(b.id) || behind.get(b.id)!.has(a.id)) continue;
      const pair = meeting(a.directories, b.directories);
      if (pair !== null) shared.push({ tasks: [a.id, b.id], directories: pair });
    }
  }
  return shared;
}

function meeting(a: readonly string[], b: readonly string[]): [string, string] | null {
  for (const one of a) {
    for (const other of b) if (contains(one, other) || contains(other, one)) return [one, other];
  }
  return null;
}

/** For each task, all that it waits for, directly or not; the plan has no cycles. */
function waitingFor(tasks: readonly Confined[]): Map<string, Set<string>> {
  const deps = new Map(tasks.map((task) => [task.id, task.deps]));
  const behind = new Map<string, Set<string>>();
  for (const { id } of tasks) {
    const seen = new Set<string>();
    const open = [...(deps.get(id) ?? [])];
    while (open.length > 0) {
      const next = open.pop()!;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(deps.get(next) ?? []));
    }
    behind.set(id, seen);
  }
  return behind;
}
