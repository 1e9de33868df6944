import { fileURLToPath } from 'node:url';
import { exec } from '../process/exec.ts';
import type { FileSymbols, SymbolFacts } from '../scope/symbols.ts';
import { PACKAGE_ROOT } from '../util/package-root.ts';
import type { ChangedText, Definition } from './touched.ts';

/** What the program reads on stdin, and what it writes. */
export interface InspectRequest {
  files: ChangedText[];
  /** Of these all definitions are wanted. */
  texts: { path: string; text: string }[];
}
export interface InspectAnswer {
  /** One for each file, in their order. */
  files: FileSymbols[];
  /** One for each text; null where nobody can tell. */
  texts: (Definition[] | null)[];
}

/** The definitions of files, by path; those that nobody can tell are left out. */
export async function inspectDefinitions(texts: ReadonlyMap<string, string>): Promise<Map<string, Definition[]>> {
  if (texts.size === 0) return new Map();
  const answer = await inTurn({ files: [], texts: [...texts].map(([path, text]) => ({ path, text })) });
  const found = answer === 'late' ? null : answer;
  const all = [...texts.keys()].map((path, index) => [path, found?.texts[index] ?? null] as const);
  return new Map(all.flatMap(([path, definitions]) => (definitions === null ? [] : [[path, definitions]])));
}

const PROGRAM = fileURLToPath(new URL('bin/inspect.js', PACKAGE_ROOT));

/** Milliseconds for all files of an attempt. */
const MAX_MS = 60_000;

/** One at a time: parsers take memory, and a core each. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Which parts of these files were touched. Asks a process of its own, which ends with its answer: parsers would make every later
 * start of an agent dearer. When it fails, nothing is known of the files.
 */
export async function inspectSymbols(files: readonly ChangedText[], program = PROGRAM): Promise<SymbolFacts> {
  const answer = await inTurn({ files: [...files], texts: [] }, program);
  const unknown = answer === 'late' ? 'parsing it took too long' : 'the parser failed';
  const known = answer === 'late' ? null : answer;
  return new Map(files.map(({ path }, index) => [path, known?.files[index] ?? { unknown }]));
}

function inTurn(request: InspectRequest, program = PROGRAM): Promise<InspectAnswer | 'late' | null> {
  const turn = last.then(() => ask(request, program));
  last = turn;
  return turn;
}

async function ask(request: InspectRequest, program: string): Promise<InspectAnswer | 'late' | null> {
  const { exit, stdout, timedOut } = await exec(process.execPath, ['--max-old-space-size=1024', program], {
    env: {},
    input: JSON.stringify(request),
    timeoutMs: MAX_MS,
  });
  if (timedOut) return 'late';
  return exit === 0 ? read(stdout.toString('utf8')) : null;
}

function read(text: string): InspectAnswer | null {
  try {
    return JSON.parse(text) as InspectAnswer; // our own program's
  } catch {
    return null;
  }
}
