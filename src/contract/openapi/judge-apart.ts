import { fileURLToPath } from 'node:url';
import { type ExecResult, exec } from '../../process/exec.ts';
import { PACKAGE_ROOT } from '../../util/package-root.ts';
import type { Answer, Question } from './judge.ts';

/** Some hundred files take seconds; a document that is made to take for ever does not get it. */
const TIMEOUT_MS = 120_000;

export type Judge = (question: Question) => Promise<Answer>;

/** Judges in a process of its own: what parsers take they never give back, and every later start of an agent would pay for it. */
export const judgeApart: Judge = judgeBy(fileURLToPath(new URL('bin/judge-openapi.js', PACKAGE_ROOT)));

/** The same, by a program that node runs. */
export function judgeBy(program: string, timeoutMs = TIMEOUT_MS): Judge {
  return async (question) => {
    const result = await exec(process.execPath, [program], { input: JSON.stringify(question), timeoutMs });
    if (result.exit === 0) return JSON.parse(result.stdout.toString('utf8')) as Answer;
    return { notChecked: `it could not be compared: ${reasonOf(result, timeoutMs)}`, findings: [] };
  };
}

function reasonOf({ timedOut, spawnError, stderr, exit, signal }: ExecResult, timeoutMs: number): string {
  if (timedOut) return `it took more than ${timeoutMs / 1000} s`;
  const said = /^\w*Error\b.*$/m.exec(stderr.toString('utf8'))?.[0];
  return said ?? spawnError ?? signal ?? `exit ${exit}`;
}
