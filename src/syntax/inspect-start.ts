import { readFileSync, writeSync } from 'node:fs';
import type { FileSymbols } from '../scope/symbols.ts';
import type { InspectAnswer, InspectRequest } from './inspect.ts';
import { definitionsIn, touchedIn } from './touched.ts';

/** The program that parses: a request on stdin, its answer on stdout, and it is gone. */
export async function start(): Promise<void> {
  const { files, texts } = JSON.parse(readFileSync(0, 'utf8')) as InspectRequest;
  const answer: InspectAnswer = { files: [], texts: [] };
  for (const file of files) answer.files.push(await touchedIn(file).catch(unreadable));
  for (const text of texts) answer.texts.push(await definitionsIn(text).catch(() => null));
  write(JSON.stringify(answer));
}

/** A file that the parser cannot cope with says nothing of the others. */
function unreadable(error: unknown): FileSymbols {
  return { unknown: `the parser failed: ${error instanceof Error ? error.message : String(error)}` };
}

/** A pipe may take a part only. */
function write(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
