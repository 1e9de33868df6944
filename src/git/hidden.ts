import { lstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

/**
 * Makes git see again what `update-index --assume-unchanged` or `--skip-worktree` told it to pass over in a work tree of ours;
 * gives those paths. `base` is any commit of the repository: its ids tell how long those of the index are. What is not there because of a sparse checkout stays as it is. Mostly costs no process.
 */
export async function unhide(git: Git, { gitDir, base }: { gitDir: string; base: Oid }): Promise<string[]> {
  const bytes = await readFile(join(gitDir, 'index')).catch(() => null);
  const flagged = bytes === null ? [] : flaggedEntries(bytes, base.length / 2);
  const skipped = flagged
    .filter(({ path, skipped }) => skipped && isThere(join(git.cwd, path)))
    .map(({ path }) => path);
  const assumed = flagged.filter((entry) => entry.assumed).map(({ path }) => path);
  await clear(git, '--no-skip-worktree', skipped);
  await clear(git, '--no-assume-unchanged', assumed);
  return [...new Set([...skipped, ...assumed])];
}

async function clear(git: Git, option: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await git.bytes(['update-index', option, '-z', '--stdin'], { input: paths.map((path) => `${path}\0`).join('') });
}

interface Entry {
  path: string;
  assumed: boolean;
  skipped: boolean;
}

const ASSUMED = 0x8000;
const EXTENDED = 0x4000;
const SKIPPED = 0x4000;

/** Entries of an index file that carry one of the flags: gitformat-index(5), versions 2 to 4. None of what is no index. */
export function flaggedEntries(bytes: Buffer, idBytes: number): Entry[] {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'DIRC') return [];
  const [version, count] = [bytes.readUInt32BE(4), bytes.readUInt32BE(8)];
  return read(bytes, { version, count, idBytes }) ?? [];
}

interface Shape {
  version: number;
  count: number;
  idBytes: number;
}

function read(bytes: Buffer, { version, count, idBytes }: Shape): Entry[] | null {
  const flagged: Entry[] = [];
  let name: Buffer = Buffer.alloc(0);
  let at = 12;
  for (let n = 0; n < count; n += 1) {
    const begin = at;
    at += 40 + idBytes;
    if (at + 4 > bytes.length) return null;
    const flags = bytes.readUInt16BE(at);
    const extended = flags & EXTENDED ? bytes.readUInt16BE(at + 2) : 0;
    at += flags & EXTENDED ? 4 : 2;
    let kept = 0;
    if (version === 4) [kept, at] = offset(bytes, at);
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    const rest = bytes.subarray(at, end);
    name = version === 4 ? Buffer.concat([name.subarray(0, Math.max(0, name.length - kept)), rest]) : rest;
    at = version === 4 ? end + 1 : begin + Math.floor((end - begin + 8) / 8) * 8;
    const entry = { assumed: (flags & ASSUMED) !== 0, skipped: (extended & SKIPPED) !== 0 };
    if (entry.assumed || entry.skipped) flagged.push({ path: name.toString('utf8'), ...entry });
  }
  return flagged;
}

/** How many bytes of the name before to drop, as in the offsets of a pack. */
function offset(bytes: Buffer, from: number): [number, number] {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 127;
  while (byte & 128) {
    byte = bytes[at++] ?? 0;
    value = ((value + 1) << 7) | (byte & 127);
  }
  return [value, at];
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
