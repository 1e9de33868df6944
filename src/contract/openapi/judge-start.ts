import { readFileSync, writeSync } from 'node:fs';
import { judge, type Question } from './judge.ts';

/** The process that judges: a question as JSON on stdin, the answer on stdout. */
export async function start(): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(await judge(JSON.parse(readFileSync(0, 'utf8')) as Question)));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
