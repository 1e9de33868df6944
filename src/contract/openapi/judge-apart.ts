import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Dialogue, startDialogue } from '../../process/dialogue.ts';
import { PACKAGE_ROOT } from '../../util/package-root.ts';
import type { Answer, Question } from './judge.ts';

/** Some hundred files take seconds; a document that is made to take for ever does not get it. */
const TIMEOUT_MS = 120_000;
/** Branches that end together are judged by one process: its start and its first answer take longer than all others. */
const IDLE_MS = 3_000;
/** Parsers keep what they once took. */
const MOST = 100;

export type Judge = (question: Question) => Promise<Answer>;

/** Judges in a process of its own: what parsers take they never give back, and every later start of an agent would pay for it. */
export const judgeApart: Judge = judgeBy(fileURLToPath(new URL('bin/judge-openapi.js', PACKAGE_ROOT)));

/** The same, by a program that node runs. */
export function judgeBy(program: string, timeoutMs = TIMEOUT_MS): Judge {
  let last: Promise<unknown> = Promise.resolve();
  let asked = 0;
  let running: Dialogue | null = null;

  function theProcess(): Dialogue {
    if (running?.open && asked < MOST) return running;
    running?.kill();
    asked = 0;
    running = startDialogue(process.execPath, [program], {
      cwd: fileURLToPath(PACKAGE_ROOT),
      env: {},
      idleMs: IDLE_MS,
    });
    return running;
  }

  async function ask(question: Question): Promise<Answer> {
    const end = `\n:end-${randomUUID()}\n`;
    const judge = theProcess();
    const isFirst = asked++ === 0;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      judge.kill();
    }, timeoutMs);
    try {
      const answer = await judge.ask(`${JSON.stringify({ end, question })}\n`, end);
      return JSON.parse(answer.toString('utf8')) as Answer;
    } catch (error) {
      if (isLate) return nothing(`it took more than ${timeoutMs / 1000} s`);
      // It was about to be let go, or what it was asked before has broken it.
      return isFirst ? nothing(reasonOf((error as Error).message)) : ask(question);
    } finally {
      clearTimeout(timer);
    }
  }

  return (question) => {
    const turn = last.then(() => ask(question));
    last = turn;
    return turn;
  };
}

function nothing(why: string): Answer {
  return { notChecked: `it could not be compared: ${why}`, findings: [] };
}

function reasonOf(said: string): string {
  return /^\w*Error\b.*$/m.exec(said)?.[0] ?? said;
}
