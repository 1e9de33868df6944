import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startsPrograms } from './programs.ts';

/**
 * Digests of what all worktrees of a repository share besides objects and refs, by name: `config core.hookspath`,
 * `hooks/pre-commit`, `info/exclude`.
 */
export type SharedState = Record<string, string>;

const FILES = [
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'info/sparse-checkout',
  'objects/info/alternates',
  'shallow',
];

/** Reads it without a process. `gitDir`: of the worktree, whose own config counts as well. */
export function readShared(commonDir: string, gitDir: string): SharedState {
  const files = [...FILES, ...hooksOf(commonDir)];
  const found = files.flatMap((name) => {
    const bytes = readOrNull(join(commonDir, name));
    return bytes === null || bytes.length === 0 ? [] : [[name, digest(bytes)] as const];
  });
  const configs = [join(commonDir, 'config'), join(gitDir, 'config.worktree')];
  return Object.fromEntries([
    ...found,
    ...configs.flatMap((file) => settingsOf(readOrNull(file)?.toString('utf8') ?? '')),
  ]);
}

/** Names that came, went or are not what they were, without the notes that git makes about branches. */
export function changedShared(before: SharedState, now: SharedState): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.filter((name) => before[name] !== now[name] && !name.startsWith('config branch.'));
}

/** Whether a changed name makes programs run, or git read other objects, in everybody's checkout. */
export function isDangerous(name: string): boolean {
  return name.startsWith('config ') ? startsPrograms(name.slice('config '.length)) : name !== 'info/exclude';
}

function hooksOf(commonDir: string): string[] {
  try {
    const names = readdirSync(join(commonDir, 'hooks'));
    return names.filter((name) => !name.endsWith('.sample')).map((name) => `hooks/${name}`);
  } catch {
    return [];
  }
}

/** Enough of git-config(5) to name what was changed: one digest a key, values never leave this function. */
function settingsOf(text: string): [string, string][] {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const head = /^\s*\[\s*([^\s"\]]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(line);
    if (head)
      section =
        head[2] === undefined ? head[1]!.toLowerCase() : `${head[1]!.toLowerCase()}.${head[2].replace(/\\(.)/g, '$1')}`;
    const entry = /^\s*([A-Za-z][\w-]*)\s*(?:=(.*))?$/.exec(head ? head[3]! : line);
    if (!entry || section === '') continue;
    const key = `config ${section}.${entry[1]!.toLowerCase()}`;
    values.set(key, `${values.get(key) ?? ''}\n${entry[2] ?? ''}`);
  }
  return [...values].map(([key, value]) => [key, digest(Buffer.from(value))]);
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
