import { expandBraces } from '../scope/braces.ts';
import { compileGlob } from '../scope/glob.ts';
import { commonPath, symbolsOverlap } from '../scope/overlap.ts';
import { overlappingPairs } from '../scope/pairs.ts';
import type { ScopeEntry } from '../scope/scope.ts';
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
    for (const list of owners) if (!list.some((other) => other.task === task.id)) list.push(owner);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** One file or glob that one task may write. `either`: from "Files to Create/Modify". */
interface Claim {
  task: Task;
  kind: 'create' | 'modify' | 'either';
  path: string;
  symbol: string | undefined;
  entry: ScopeEntry;
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
  const compare = (claim: Claim, rivals: readonly Claim[], before: number, sure: boolean) => {
    let weak: Clash | null = null;
    let rival: Claim | null = null;
    for (let index = 0; index < before && left-- > 0; index++) {
      const clash = clashOf(rivals[index]!, claim, ordered);
      if (!clash || (weak && !clash.error)) continue;
      weak = clash;
      rival = rivals[index]!;
      if (clash.error) break;
    }
    if (weak && rival) report(weak, [rival, claim], { found, sure });
  };
  for (const group of groups.values()) {
    group.forEach((claim, index) => {
      compare(claim, group, index, true);
    });
  }
  for (const [one, other] of meetingPaths([...groups.keys()])) {
    const sure = names(one) || names(other);
    for (const claim of groups.get(other)!) compare(claim, groups.get(one)!, groups.get(one)!.length, sure);
  }
  if (left <= 0) {
    found.warning(
      'ownership-unchecked',
      { file: 'manifest.json' },
      'too many tasks share files: ownership is not checked to the end',
    );
  }
}

/** Pairs of different patterns that have a path in common. */
function meetingPaths(paths: string[]): [string, string][] {
  const rank = new Map(paths.map((path, index) => [path, index]));
  const asTasks = paths.map((path) => ({
    id: path,
    scope: { create: [{ pattern: path, line: 1, column: 1 }], modify: [], boundary: [], prose: [] },
  }));
  return [...overlappingPairs(asTasks)].flatMap(([one, others]) =>
    [...others].filter((other) => rank.get(one)! < rank.get(other)!).map((other) => [one, other] as [string, string]),
  );
}

/** Whether a pattern is one file, so that an overlap with it is that file. */
function names(path: string): boolean {
  const { literal, below } = compileGlob(path);
  return literal !== null && !below;
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

/** What all tasks may write, by wave and id, with braces spelled out. */
function claimsOf(tasks: readonly Task[]): Claim[] {
  return tasks.flatMap((task) => {
    const { create, modify } = task.scope;
    const places = new Set(modify.map(placeOf));
    const either = new Set(create.map(placeOf).filter((place) => places.has(place)));
    const claims = (entries: readonly ScopeEntry[], kind: 'create' | 'modify') =>
      entries.flatMap((entry) =>
        expandBraces(entry.pattern).map((path) => ({
          task,
          kind: either.has(placeOf(entry)) ? ('either' as const) : kind,
          path,
          symbol: kind === 'modify' ? entry.symbol : undefined,
          entry,
        })),
      );
    return [...claims(create, 'create'), ...claims(modify, 'modify').filter(({ kind }) => kind === 'modify')];
  });
}

function placeOf({ line, column }: ScopeEntry): string {
  return `${line}:${column}`;
}
