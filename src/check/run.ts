import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execWhole } from '../process/exec-whole.ts';
import type { Case } from '../run/check.ts';
import { outputTail } from '../util/output-tail.ts';
import { missing, programOf } from './needs.ts';
import { parseOutput } from './parse/formats.ts';
import { type Counts, caseOf, countsOf, type Parsed } from './parse/parser.ts';
import { placesIn } from './parse/places.ts';
import type { CheckSpec } from './spec.ts';

/** What one run of a check said. */
export interface CheckRun {
  /** `nothing`: it could not be run, or looked at nothing; `why` says so. */
  outcome: 'passed' | 'failed' | 'nothing';
  why?: string;
  exit: number | null;
  /** Those that failed; one for the check as a whole where its output names none. */
  failed: Case[];
  counts: Counts | null;
  tail: string;
  /** Milliseconds. */
  ms: number;
}

export interface RunCheckOptions {
  /** Absolute path of the tree, without links. */
  root: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Bytes of output that are looked at. */
const MAX_OUTPUT = 32 * 1024 * 1024;
/** What a shell says when a program that it was to run is not installed. */
export const NOT_FOUND = 127;

/** The id of a failure that belongs to no case. */
export const WHOLE = '(as a whole)';

/** Runs a check and reads its output. Whatever it leaves running is ended with it. */
export async function runCheck(spec: CheckSpec, { root, env, signal }: RunCheckOptions): Promise<CheckRun> {
  const began = performance.now();
  const cwd = join(root, spec.folder);
  const lacks = await missing(spec, { cwd, env });
  const took = () => Math.round(performance.now() - began);
  if (lacks !== null)
    return { outcome: 'nothing', why: lacks, exit: null, failed: [], counts: null, tail: '', ms: took() };
  for (const path of spec.reports) rmSync(join(cwd, path), { recursive: true, force: true }); // of an earlier run
  const [program, ...args] = spec.argv;
  const result = await execWhole(programOf(program, { cwd, env }), args, {
    cwd,
    env: { ...env, CI: 'true', NO_COLOR: '1' },
    timeoutMs: spec.timeoutMs,
    maxBytes: MAX_OUTPUT,
    ...(signal && { signal }),
  });
  const output = `${result.stdout.toString('utf8')}\n${result.stderr.toString('utf8')}`;
  const text = spec.reports.length > 0 ? `${reportsIn(cwd, spec.reports)}\n` : output;
  const parsed = parseOutput(text, { parser: spec.parser, root: cwd });
  const ended = result.timedOut ? `ended after ${spec.timeoutMs / 1000} s` : result.spawnError;
  return {
    ...judgeOutput(spec, { exit: result.exit, ended, parsed: inTree(parsed, spec.folder), output }),
    exit: result.exit,
    counts: parsed?.counts ?? null,
    tail: outputTail(result.stdout, result.stderr),
    ms: took(),
  };
}

interface Ended {
  exit: number | null;
  /** Why it ended without an exit status of its own. */
  ended: string | null;
  parsed: Parsed | null;
  output: string;
}

function judgeOutput(
  { kind, name, listsFaults }: CheckSpec,
  { exit, ended, parsed, output }: Ended,
): Pick<CheckRun, 'outcome' | 'failed' | 'why'> {
  const failed = parsed?.cases.filter(({ outcome }) => outcome === 'failed') ?? [];
  if (listsFaults && failed.length > 0) return { outcome: 'failed', failed };
  if (exit === 0) {
    const { passed, failed: broken, skipped } = parsed?.counts ?? countsOf([]);
    if (kind === 'tests' && parsed && passed + broken === 0) {
      const why = skipped > 0 ? `all ${skipped} tests were skipped` : 'there was no test to run';
      return { outcome: 'nothing', failed: [], why };
    }
    // A test may print what looks like a failure: what the tool makes of it counts.
    const why = broken > 0 ? `it exits with 0 although ${broken} cases failed` : undefined;
    return { outcome: 'passed', failed: [], ...(why && { why }) };
  }
  if (exit === 5 && parsed && parsed.counts === null)
    return { outcome: 'nothing', failed: [], why: 'there was no test to run' };
  if (failed.length > 0 && ended === null) return { outcome: 'failed', failed };
  const status = exit === NOT_FOUND ? 'a program that it runs is not installed' : `exit status ${exit ?? 'unknown'}`;
  const why = ended ?? status;
  const tail = outputTail(Buffer.from(output));
  const place = placesIn(tail)[0];
  return {
    outcome: 'failed',
    why,
    failed: [...failed, caseOf({ id: WHOLE, name, ...place, outcome: 'failed', message: `${why}\n${tail}` })],
  };
}

/** Files are named from the top of the tree, wherever the check ran. */
function inTree(parsed: Parsed | null, folder: string): Parsed | null {
  if (parsed === null || folder === '') return parsed;
  return {
    ...parsed,
    cases: parsed.cases.map((each) => (each.file ? { ...each, file: `${folder}/${each.file}` } : each)),
  };
}

function reportsIn(cwd: string, paths: readonly string[]): string {
  return paths
    .map((path) => join(cwd, path))
    .filter((path) => existsSync(path))
    .flatMap((path) => (statSync(path).isDirectory() ? xmlFiles(path) : [path]))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function xmlFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.xml'));
  return names.sort().map((name) => join(folder, name));
}
