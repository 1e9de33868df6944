import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { exec } from '../../process/exec.ts';
import type { Worktree } from '../checker.ts';
import type { SourceTree } from '../tree.ts';
import { configFor, configOf } from './tsconfig.ts';

/** Milliseconds; a large project takes a minute. */
const TIMEOUT_MS = 5 * 60_000;

/** Declarations of the project that every file sees, at most. */
const MAX_AMBIENT = 200;

export interface CompileError {
  /** From 1. */
  line: number;
  /** `2322`. */
  code: number;
  /** The first sentence, and the one that says most about why. */
  message: string;
  reason: string;
}

export interface CompileOptions {
  tree: SourceTree;
  worktree: Worktree;
  /** Of the project, relative to the worktree. */
  folder: string;
  /** What is compiled; gets the name of its folder, relative to the worktree. */
  write(folder: string): string;
  /** What stands beside it, by file name. */
  beside: ReadonlyMap<string, string>;
}

const FILE = 'check.mts';

/** Compiles one more file in a project, with the project's own compiler and config; leaves nothing. */
export async function compile({
  tree,
  worktree,
  folder,
  write,
  beside,
}: CompileOptions): Promise<CompileError[] | { failed: string }> {
  const tsc = compilerFor(worktree.path, folder);
  if (tsc === null) return { failed: 'no typescript is installed in the project' };
  const base = await configOf(folder, tree);
  const place = await mkdtemp(join(worktree.path, folder, '.copse-contract-'));
  try {
    const inTree = posix.join(folder, basename(place));
    const ambient = ambientIn(folder, tree).map((path) => posix.relative(inTree, path));
    await writeFile(join(place, FILE), write(inTree));
    for (const [name, text] of beside) await writeFile(join(place, name), text);
    await writeFile(join(place, 'tsconfig.json'), configFor(base, [`./${FILE}`, ...ambient]));
    const args = [tsc, '-p', join(place, 'tsconfig.json'), '--pretty', 'false'];
    const ran = await exec(process.execPath, args, { cwd: place, env: worktree.env, timeoutMs: TIMEOUT_MS });
    if (ran.timedOut) return { failed: `tsc took more than ${TIMEOUT_MS / 60_000} minutes` };
    if (ran.spawnError !== null) return { failed: `tsc could not be started: ${ran.spawnError}` };
    const output = ran.stdout.toString('utf8');
    const errors = errorsIn(output);
    return errors.length > 0 ? errors : { failed: `tsc: ${firstLine(output || ran.stderr.toString('utf8'))}` };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** The nearest typescript above a folder, up to the top of the worktree. */
function compilerFor(root: string, folder: string): string | null {
  for (let at = folder; ; at = posix.dirname(at) === '.' ? '' : posix.dirname(at)) {
    const path = join(root, at, 'node_modules/typescript/bin/tsc');
    if (existsSync(path)) return path;
    if (at === '') return null;
  }
}

/** `globals.d.ts` and the like: the project's config includes them, and types of the code may need them. */
function ambientIn(folder: string, tree: SourceTree): string[] {
  const inside = folder === '' ? '' : `${folder}/`;
  return tree
    .files()
    .filter((path) => path.startsWith(inside) && /\.d\.[cm]?ts$/.test(path))
    .filter((path) => !/(?:^|\/)(?:node_modules|dist|build|out|coverage|parallel)\//.test(path))
    .slice(0, MAX_AMBIENT);
}

/** What the compiler says of the file, with what it says below each sentence. */
function errorsIn(output: string): CompileError[] {
  const errors: CompileError[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = /^(.*)\((\d+),\d+\): error TS(\d+): (.*)$/.exec(line);
    if (match) {
      const isOurs = match[1]!.endsWith(FILE);
      errors.push({ line: isOurs ? Number(match[2]) : 0, code: Number(match[3]), message: match[4]!, reason: '' });
    } else if (/^\s+\S/.test(line)) errors.at(-1)!.reason = line.trim();
  }
  return errors.filter((each) => each.line > 0);
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'it said nothing'
  );
}
