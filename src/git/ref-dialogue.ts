import type { Dialogue } from '../process/dialogue.ts';
import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

/** Its entries in the reflog carry the time at which it first looked at the clock. */
const MAX_AGE_MS = 5_000;
const IDLE_MS = 1_000;

interface Open {
  dialogue: Promise<Dialogue>;
  since: number;
}

/** By environment, which all work trees of one repository share: so are its branches. Then by what the reflog says. */
const dialogues = new WeakMap<NodeJS.ProcessEnv, Map<string, Open>>();

export interface RefUpdate {
  ref: string;
  next: Oid;
  /** What it must be now; null: it must not be there. */
  old: Oid | null;
}

/** What `git update-ref -z --stdin` is asked: all of it or none. An option holds for the one command behind it. */
export function transaction(updates: readonly RefUpdate[]): string {
  const lines = updates.map(({ ref, next, old }) => {
    const command = old === null ? `create ${ref}\0${next}\0` : `update ${ref}\0${next}\0${old}\0`;
    return `option no-deref\0${command}`;
  });
  return ['start\0', ...lines, 'commit\0'].join('');
}

/**
 * Moves refs as `git update-ref` does, all or none, by one git that stays for a while: for who moves many.
 * @returns false when they were not moved, for whatever reason, or when nobody can say whether they were
 */
export async function moveByDialogue(git: Git, updates: readonly RefUpdate[], reason: string): Promise<boolean> {
  try {
    const dialogue = await dialogueFor(git, reason);
    const question = transaction(updates);
    return (await dialogue.ask(question, 'commit: ok\n')).equals(Buffer.from('start: ok\n'));
  } catch {
    return false; // it ends at the first thing that it cannot do
  }
}

async function dialogueFor(git: Git, reason: string): Promise<Dialogue> {
  const open = dialogues.get(git.env) ?? new Map<string, Open>();
  dialogues.set(git.env, open);
  const found = open.get(reason);
  if (found && performance.now() - found.since < MAX_AGE_MS) {
    const dialogue = await found.dialogue;
    if (dialogue.open) return dialogue;
    if (open.get(reason) !== found) return dialogueFor(git, reason);
  }
  const started = {
    dialogue: git.converse(['update-ref', '-m', reason, '-z', '--stdin'], { idleMs: IDLE_MS }),
    since: performance.now(),
  };
  open.set(reason, started);
  started.dialogue.catch(() => open.delete(reason));
  return started.dialogue;
}
