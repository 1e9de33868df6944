import { createReadStream, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { judge, type Question } from './judge.ts';

/** What is asked, a line each: the answer is followed by `end`. */
interface Asked {
  end: string;
  question: Question;
}

/** The process that judges: questions as lines of JSON on stdin, answers on stdout, until nobody asks any more. */
export async function start(): Promise<void> {
  const lines = createInterface({ input: createReadStream('', { fd: 0 }), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const { end, question } = JSON.parse(line) as Asked;
    const bytes = Buffer.from(`${JSON.stringify(await judge(question))}${end}`);
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
  }
}
