import { commonPath, symbolsOverlap } from '../scope/overlap.ts';
import { type Claim, claimsOf, meetingPaths, namesOneFile, nothingSeen, remember, rivalsOf, seeAll } from './claims.ts';
import type { Findings } from './findings.ts';
import type { Task, TaskId } from './plan.ts';
import { show } from './text.ts';

export interface Owner {
  task: TaskId;
  wave: number;
}

/** Who may create and who may modify a file, or one symbol of it. */
export interface OwnershipRow {
  /** A path or glob; braces are spelled out. */
  path: string;
  symbol?: string;
  create: Owner[];
  modify: Owner[];
}

/** The file ownership matrix of a plan, sorted by path, then symbol. */
export function ownershipMatrix(tasks: readonly Task[]): OwnershipRow[] {
  const rows = new Map<string, OwnershipRow>();
  for (const { task, kind, path, symbol } of claimsOf(tasks)) {
    const key = symbol === undefined ? path : `${path}::${symbol}`;
    const row = rows.get(key) ?? { path, ...(symbol === undefined ? {} : { symbol }), create: [], modify: [] };
    rows.set(key, row);
    const owner = { task: task.id, wave: task.wave };
    const owners = kind === 'create' ? [row.create] : kind === 'modify' ? [row.modify] : [row.create, row.modify];
    for (const list of owners) if (list.at(-1)?.task !== task.id) list.push(owner);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

interface Options {
  found: Findings;
  /** Whether one of two tasks waits for the other: then they never run together. */
  ordered(a: TaskId, b: TaskId): boolean;
}

/** Comparisons of claims; beyond them the plan is said not to be checked whole. Real plans need some thousands. */
const MAX_COMPARISONS = 5_000_000;

/**
 * A file is in CREATE of one task at most, over all waves; inside one wave a MODIFY of the whole file is exclusive, and
 * those of symbols are neither equal nor nested.
 */
export function checkOwnership(tasks: readonly Task[], { found, ordered }: Options): void {
  const groups = new Map<string, Claim[]>();
  for (const claim of claimsOf(tasks)) {
    const group = groups.get(claim.path);
    if (group) group.push(claim);
    else groups.set(claim.path, [claim]);
  }
  let left = MAX_COMPARISONS;
  // The first rival is enough: a file that fifty tasks modify is fifty findings, not a thousand.
  const compare = (claim: Claim, rivals: Iterable<Claim>, sure: boolean) => {
    let worst: { clash: Clash; rival: Claim } | null = null;
    for (const rival of rivals) {
      if (left-- <= 0) break;
      const clash = clashOf(rival, claim, ordered);
      if (clash && (!worst || clash.error)) worst = { clash, rival };
      if (clash?.error) break;
    }
    if (worst) report(worst.clash, [worst.rival, claim], { found, sure });
  };
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const seen = nothingSeen();
    for (const claim of group) {
      compare(claim, rivalsOf(seen, claim), true);
      remember(seen, claim);
    }
  }
  const meetings = meetingPaths([...groups.keys()]);
  for (const [one, others] of meetings ?? []) {
    const seen = seeAll(groups.get(one)!);
    for (const other of others) {
      const sure = namesOneFile(one) || namesOneFile(other);
      for (const claim of groups.get(other)!) compare(claim, rivalsOf(seen, claim), sure);
    }
  }
  if (meetings === null) {
    const text = 'the globs of this plan are too many to be compared: they begin alike';
    found.error('scope-too-wide', { file: 'manifest.json' }, text, {
      hint: 'begin globs with a folder: apps/users/**/*.py instead of **/*.py',
    });
  } else if (left <= 0) {
    const text = 'too many tasks share files: ownership is not checked to the end';
    found.warning('ownership-unchecked', { file: 'manifest.json' }, text);
  }
}

interface Clash {
  code: string;
  error: boolean;
  why: string;
}

function clashOf(a: Claim, b: Claim, ordered: Options['ordered']): Clash | null {
  if (a.task.id === b.task.id) return null;
  if (a.kind === 'create' && b.kind === 'create') {
    return { code: 'create-twice', error: true, why: 'only one task may create a file' };
  }
  if (a.task.wave !== b.task.wave) return null;
  const creates = a.kind === 'create' || b.kind === 'create';
  if (!creates && !symbolsOverlap(a.symbol, b.symbol)) return null;
  const code = creates
    ? 'create-and-modify'
    : a.symbol !== undefined && b.symbol !== undefined
      ? 'modify-nested'
      : 'modify-not-exclusive';
  const why = creates
    ? 'a task cannot modify what another one of its wave creates'
    : code === 'modify-nested'
      ? 'symbols of one wave must be neither equal nor nested'
      : 'in one wave a file is modified by one task, or each names its symbol';
  const apart = ordered(a.task.id, b.task.id) || a.task.conflicts.includes(b.task.id);
  return { code, error: !apart, why: apart ? `${why}; allowed here, as they never run together` : why };
}

function report(
  { code, error, why }: Clash,
  [a, b]: [Claim, Claim],
  { found, sure }: { found: Findings; sure: boolean },
): void {
  const [first, second] = a.task.wave <= b.task.wave ? [a, b] : [b, a];
  const { line, column } = second.entry;
  const shared = first.path === second.path ? first.path : (commonPath(first.path, second.path) ?? first.path);
  const place = `${first.task.file}:${first.entry.line}`;
  const verb = first.kind === 'create' ? 'created' : 'modified';
  const message = `${show(written(second, shared))} is ${verb} by ${first.task.id} too (${place}): ${why}`;
  const text = sure
    ? message
    : `${show(second.path)} and ${show(first.path)} of ${first.task.id} (${place}) may meet, as in ${show(shared)}: ${why}`;
  found[error && sure ? 'error' : 'warning'](code, { file: second.task.file, line, column }, text, {
    hint: hintFor(code, second),
  });
}

function written({ path, symbol }: Claim, shared: string): string {
  return path === shared && symbol !== undefined ? `${path}::${symbol}` : shared;
}

function hintFor(code: string, { path, task }: Claim): string {
  if (code === 'create-twice') return `leave it in the CREATE of one task; ${task.id} may MODIFY it in a later wave`;
  if (code === 'create-and-modify') return `move ${task.id} to a later wave, or let one task do both`;
  return `name the part each one owns (${path}::Class.method), or move ${task.id} to a later wave`;
}
