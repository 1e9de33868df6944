import { readFileSync, writeSync } from 'node:fs';
import { parseShapes } from './parse-shapes.ts';
import type { Source } from './shape.ts';

/** The process that parses: files as JSON on stdin, what they declare as JSON on stdout. */
export async function start(): Promise<void> {
  const read = await parseShapes(JSON.parse(readFileSync(0, 'utf8')) as Source[]);
  const bytes = Buffer.from(JSON.stringify('modules' in read ? { modules: [...read.modules] } : read));
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
