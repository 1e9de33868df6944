import { randomUUID } from 'node:crypto';
import type { Dialogue } from '../process/dialogue.ts';
import { type Git, GitError } from './git.ts';

/** What a name (`<oid>`, `<commit>:<path>`) stands for; `bytes` is null when it was too much to read. */
export interface GitObject {
  type: string;
  size: number;
  bytes: Buffer | null;
}

/** More than this is not read at once, nor a single object above `MAX_ONE`. */
const MAX_ALL = 16 * 2 ** 20;
const MAX_ONE = 2 ** 20;

/**
 * Several objects by name, missing ones left out; those of up to 1 MiB come with their bytes, as many as make 16 MiB. One
 * git answers all calls, those of one turn of the event loop at once.
 */
export async function readObjects(git: Git, names: readonly string[]): Promise<Map<string, GitObject>> {
  if (names.length === 0) return new Map();
  const found = pick(names, await together(git, names, 'info'));
  const small = smallOnes(found);
  if (small.length === 0) return found;
  return new Map([...found, ...pick(small, await together(git, small, 'contents'))]);
}

function pick(names: readonly string[], all: ReadonlyMap<string, GitObject>): Map<string, GitObject> {
  return new Map(names.flatMap((name) => (all.has(name) ? [[name, all.get(name)!] as const] : [])));
}

type Command = 'info' | 'contents';
/** A question that still takes names. */
interface Open {
  names: Set<string>;
  answer: Promise<Map<string, GitObject>>;
}
const questions: Record<Command, WeakMap<NodeJS.ProcessEnv, Open>> = { info: new WeakMap(), contents: new WeakMap() };

function together(git: Git, wanted: readonly string[], command: Command): Promise<Map<string, GitObject>> {
  const open = questions[command].get(git.env);
  if (open) {
    for (const name of wanted) open.names.add(name);
    return open.answer;
  }
  const names = new Set(wanted);
  const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
    questions[command].delete(git.env);
    return parse([...names], await ask(git, [...names], command), { withBytes: command === 'contents' });
  });
  questions[command].set(git.env, { names, answer });
  return answer;
}

/** By environment, which all work trees of one repository share: so are its objects. */
const dialogues = new WeakMap<NodeJS.ProcessEnv, Promise<Dialogue>>();

async function ask(git: Git, names: readonly string[], command: Command): Promise<Buffer> {
  const end = `:copse-end-${randomUUID()}`; // names nothing: what is said of it is the end of the answer
  const question = [...names, end].map((name) => `${command} ${name}\0`).join('');
  for (let tries = 1; ; tries += 1) {
    const dialogue = await dialogueOf(git);
    try {
      return await dialogue.ask(`${question}flush\0`, `${end} missing\n`);
    } catch (error) {
      // It was ended from outside, or has just gone: another one is started, once.
      const { message } = error as Error;
      if (tries === 2)
        throw new GitError(ARGS, { exit: null, signal: null, stderr: Buffer.from(message), spawnError: null });
    }
  }
}

const ARGS = ['cat-file', '--batch-command', '--buffer', '-z'];

async function dialogueOf(git: Git): Promise<Dialogue> {
  const asked = dialogues.get(git.env);
  if (asked) {
    const known = await asked;
    if (known.open) return known;
    if (dialogues.get(git.env) !== asked) return dialogueOf(git);
  }
  const started = git.converse(ARGS);
  dialogues.set(git.env, started);
  started.catch(() => dialogues.delete(git.env));
  return started;
}

function smallOnes(found: ReadonlyMap<string, GitObject>): string[] {
  const names: string[] = [];
  let room = MAX_ALL;
  for (const [name, { size }] of found) {
    if (size > MAX_ONE || size > room) continue;
    room -= size;
    names.push(name);
  }
  return names;
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
    const size = Number(digits ?? Number.NaN);
    if (Number.isNaN(size)) {
      at = end + 1; // `ambiguous`, or a submodule, whose commit is in another repository
      continue;
    }
    found.set(name, { type, size, bytes: withBytes ? output.subarray(end + 1, end + 1 + size) : null });
    at = withBytes ? end + 1 + size + 1 : end + 1;
  }
  return found;
}

/** Whether `<commit>:<path>` names a file of the commit: `:./x` would be read relative to the current folder. */
export function isTreePath(path: string): boolean {
  return path !== '' && !path.includes('\0') && !/^\.{0,2}\//.test(path);
}
