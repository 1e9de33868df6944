import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { CHILD, ownMark } from './mark.ts';

export interface DialogueOptions {
  cwd: string;
  /** The whole environment of the program, but for the mark that it is ours. */
  env: NodeJS.ProcessEnv;
  /** It is let go when nothing was asked for so long; default 10 s. */
  idleMs?: number;
}

/** A program that stays and answers one question after another: starting one for each costs more than most answers. */
export interface Dialogue {
  /**
   * Writes the question and gives what came back before `end`, which is the last of each answer and part of no other.
   * Questions wait for each other. Rejects with an `Error` when the program ended, whose message is what it said.
   */
  ask(question: string, end: string): Promise<Buffer>;
  /** Whether it can still be asked. */
  readonly open: boolean;
  /** Ends it at once, whatever it is at; who waits for an answer is told. */
  kill(): void;
}

const IDLE_MS = 10_000;

/** Starts a program that reads questions on stdin. It ends with us, and does not keep us alive. */
export function startDialogue(file: string, args: readonly string[], options: DialogueOptions): Dialogue {
  const { cwd, env, idleMs = IDLE_MS } = options;
  const child = spawn(file, [...args], {
    cwd,
    env: { ...env, [CHILD]: ownMark() },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl-C at the terminal reaches us alone
  });
  const over = ending(child);
  let open = true;
  over.then(() => {
    open = false;
  });
  let waiting = 0;
  let before: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;
  const letGo = () => {
    open = false;
    child.stdin?.end();
  };
  hold(child, false);
  return {
    get open() {
      return open;
    },
    kill() {
      open = false;
      child.kill('SIGKILL');
    },
    ask(question, end) {
      clearTimeout(idle);
      if (waiting++ === 0) hold(child, true);
      const answer = before.then(() => answerOf(child, { question, end, over }));
      before = answer
        .catch(() => {})
        .then(() => {
          if (--waiting > 0) return;
          hold(child, false);
          idle = setTimeout(letGo, idleMs);
          idle.unref();
        });
      return answer;
    },
  };
}

/** Resolves with why it cannot be asked any more. */
function ending(child: ChildProcess): Promise<Error> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-2000);
  });
  child.stdin?.on('error', () => {}); // its end tells
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error));
    child.once('close', (exit, signal) => resolve(new Error(said.trim() || `ended (${signal ?? exit})`)));
  });
}

async function answerOf(
  child: ChildProcess,
  { question, end, over }: { question: string; end: string; over: Promise<Error> },
): Promise<Buffer> {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw await over; // no file descriptor was left for its pipes
  const last = Buffer.from(end);
  const chunks: Buffer[] = [];
  let take: ((chunk: Buffer) => void) | undefined;
  const complete = new Promise<void>((resolve) => {
    take = (chunk) => {
      chunks.push(chunk);
      if (endsWith(chunks, last)) resolve();
    };
    stdout.on('data', take);
  });
  try {
    stdin.write(question);
    const failed = await Promise.race([complete, over]);
    if (failed) throw failed;
    const whole = Buffer.concat(chunks);
    return whole.subarray(0, whole.length - last.length);
  } finally {
    stdout.off('data', take!);
  }
}

/** Joins only as many of the last chunks as the end is long. */
function endsWith(chunks: readonly Buffer[], end: Buffer): boolean {
  let tail = chunks.at(-1)!;
  for (let at = chunks.length - 2; at >= 0 && tail.length < end.length; at--) tail = Buffer.concat([chunks[at]!, tail]);
  return tail.length >= end.length && tail.subarray(tail.length - end.length).equals(end);
}

/** Whether the program keeps this process from ending. */
function hold(child: ChildProcess, held: boolean): void {
  for (const part of [child, child.stdin as Socket, child.stdout as Socket, child.stderr as Socket]) {
    if (held) part?.ref();
    else part?.unref();
  }
}
