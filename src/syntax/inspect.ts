import { fileURLToPath } from 'node:url';
import { exec } from '../process/exec.ts';
import type { FileSymbols, SymbolFacts, Touched } from '../scope/symbols.ts';
import { PACKAGE_ROOT } from '../util/package-root.ts';
import type { ChangedText } from './touched.ts';

/** What the program reads on stdin, and what it writes. */
export interface InspectRequest {
  files: ChangedText[];
}
export interface InspectAnswer {
  /** One for each file, in their order. */
  files: FileSymbols[];
}

/** The definitions of files, by path; those that nobody can tell are left out. */
export async function inspectDefinitions(
  texts: ReadonlyMap<string, string>,
): Promise<Map<string, Pick<Touched, 'symbol' | 'namespaces'>[]>> {
  // Against nothing, all of a file is new.
  const files = [...texts].map(([path, after]) => ({ path, before: '', after }));
  const facts = files.length === 0 ? new Map<string, FileSymbols>() : await inspectSymbols(files);
  const known = [...facts].flatMap(([path, found]) => ('touched' in found ? [[path, found.touched] as const] : []));
  return new Map(known);
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
export function inspectSymbols(files: readonly ChangedText[], program = PROGRAM): Promise<SymbolFacts> {
  const turn = last.then(() => ask(files, program));
  last = turn;
  return turn;
}

async function ask(files: readonly ChangedText[], program: string): Promise<SymbolFacts> {
  const request: InspectRequest = { files: [...files] };
  const { exit, stdout, timedOut } = await exec(process.execPath, ['--max-old-space-size=1024', program], {
    env: {},
    input: JSON.stringify(request),
    timeoutMs: MAX_MS,
  });
  const answer = exit === 0 ? read(stdout.toString('utf8')) : null;
  const unknown = timedOut ? 'parsing it took too long' : 'the parser failed';
  return new Map(files.map(({ path }, index) => [path, answer?.files[index] ?? { unknown }]));
}

function read(text: string): InspectAnswer | null {
  try {
    return JSON.parse(text) as InspectAnswer; // our own program's
  } catch {
    return null;
  }
}
