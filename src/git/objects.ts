import type { Git } from './git.ts';

/** What a name (`<oid>`, `<commit>:<path>`) stands for; `bytes` is null when it was too much to read. */
export interface GitObject {
  type: string;
  size: number;
  bytes: Buffer | null;
}

/** More than this is not read at once, nor a single object above `MAX_ONE`. */
const MAX_ALL = 32 * 2 ** 20;
const MAX_ONE = 2 ** 20;

/**
 * Several objects by name, missing ones left out. One git call; when they turn out to be large it takes two more, and only
 * those of up to 1 MiB come with their bytes, as many as make 32 MiB.
 */
export async function readObjects(git: Git, names: readonly string[]): Promise<Map<string, GitObject>> {
  if (names.length === 0) return new Map();
  const input = joined(names);
  const output = await git.bytes(['cat-file', '--batch', '-z'], { input, maxBytes: MAX_ALL });
  if (output.length < MAX_ALL) return parse(names, output, { withBytes: true });
  const found = parse(names, await git.bytes(['cat-file', '--batch-check', '-z'], { input }), { withBytes: false });
  const small = smallOnes(found);
  const contents = await git.bytes(['cat-file', '--batch', '-z'], { input: joined(small) });
  return new Map([...found, ...parse(small, contents, { withBytes: true })]);
}

function smallOnes(found: ReadonlyMap<string, GitObject>): string[] {
  const names: string[] = [];
  let room = MAX_ALL / 2;
  for (const [name, { size }] of found) {
    if (size > MAX_ONE || size > room) continue;
    room -= size;
    names.push(name);
  }
  return names;
}

function joined(names: readonly string[]): string {
  return names.map((name) => `${name}\0`).join('');
}

function parse(
  names: readonly string[],
  output: Buffer,
  { withBytes }: { withBytes: boolean },
): Map<string, GitObject> {
  const found = new Map<string, GitObject>();
  let at = 0;
  for (const name of names) {
    const missing = Buffer.from(`${name} missing\n`);
    if (output.subarray(at, at + missing.length).equals(missing)) {
      at += missing.length;
      continue;
    }
    const end = output.indexOf(0x0a, at);
    const [, type = '', digits] = output.subarray(at, end).toString('latin1').split(' ');
    const size = Number(digits);
    found.set(name, { type, size, bytes: withBytes ? output.subarray(end + 1, end + 1 + size) : null });
    at = withBytes ? end + 1 + size + 1 : end + 1;
  }
  return found;
}

/** The names in a tree object. */
export function namesOfTree(bytes: Buffer, idBytes: number): string[] {
  const names: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) break;
    names.push(bytes.subarray(space + 1, end).toString('utf8'));
    at = end + 1 + idBytes;
  }
  return names;
}

/** Whether `<commit>:<path>` names a file of the commit: `:./x` would be read relative to the current folder. */
export function isTreePath(path: string): boolean {
  return path !== '' && !path.includes('\0') && !/^\.{0,2}\//.test(path);
}
