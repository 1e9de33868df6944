import { GENERATED_FILES, SENSITIVE_FILES } from './allow.ts';
import { compileGlob, type Glob, type Reading } from './glob.ts';
import { judgeSymbols } from './judge-symbols.ts';
import { globCovers } from './match.ts';
import type { Change, Scope, ScopeEntry, ScopePolicy, Violation } from './scope.ts';
import type { SymbolFacts } from './symbols.ts';

export interface JudgeOptions {
  policy: ScopePolicy;
  /** Globs that are never out of scope; {@link GENERATED_FILES} when absent. */
  allow?: readonly string[];
  /** Paths (not globs) that no task may touch, nor what is below them, whatever its scope says: the plan folder. */
  forbidden?: readonly string[];
  /** Globs of files that make programs run elsewhere; {@link SENSITIVE_FILES} when absent. */
  sensitive?: readonly string[];
  /** Which parts of files a scope names parts of were touched; without it they are judged as a whole. */
  symbols?: SymbolFacts;
}

interface Rules {
  create: Line[];
  modify: Line[];
  boundary: Line[];
  forbidden: readonly string[];
  allow: Line[];
  sensitive: Line[];
  policy: ScopePolicy;
  symbols: SymbolFacts;
}

interface Line {
  text: string;
  glob: Glob;
  symbol: string | undefined;
}

/**
 * What the scope does not allow among the changes of an attempt, in the order of the changes; one violation a path, or one for each
 * part of a file of which the scope names parts. BOUNDARY fails under either policy, and before any list that allows. Outside
 * CREATE and MODIFY is a warning, under `enforce` a failure; without any CREATE or MODIFY only BOUNDARY restricts. A file of
 * others that is deleted, or replaced by something that is no file, fails under either: an edit can be looked through, this cannot
 * be built upon. So does a sensitive file that is in no CREATE or MODIFY. Creating what the base has and modifying what it lacks
 * are warnings, under `enforce` failures.
 * Where nobody can tell which parts of a file were touched, a symbol (`file::Class`) in MODIFY allows the file; in BOUNDARY it
 * fails the file, but only warns when the task may write other parts of it.
 */
export function judgeChanges(scope: Scope, changes: readonly Change[], options: JudgeOptions): Violation[] {
  const rules: Rules = {
    create: scope.create.map((entry) => line(entry, 'write')),
    modify: scope.modify.map((entry) => line(entry, 'write')),
    boundary: scope.boundary.map((entry) => line(entry, 'boundary')),
    forbidden: options.forbidden ?? [],
    allow: (options.allow ?? GENERATED_FILES).map((pattern) => line({ pattern }, 'write')),
    sensitive: (options.sensitive ?? SENSITIVE_FILES).map((pattern) => line({ pattern }, 'write')),
    policy: options.policy,
    symbols: options.symbols ?? new Map(),
  };
  return changes.flatMap((change) => judge(rules, change));
}

function judge(rules: Rules, change: Change): Violation[] {
  const { path, kind } = change;
  const [create, modify] = [all(rules.create, path), all(rules.modify, path)];
  const writes = [...create, ...modify];
  const known = rules.symbols.get(path);
  const touched = known && 'touched' in known ? known.touched : null;
  const walls = all(rules.boundary, path).filter(({ symbol }) => touched === null || symbol === undefined);
  const broken = brokenBoundary(rules, path, { walls, maySymbol: writes.length > 0 });
  if (broken) return [{ path, kind, rule: 'boundary', ...broken }];
  if (touched !== null) {
    const lines = { create, modify, boundary: all(rules.boundary, path) };
    const found = judgeSymbols(change, touched, { ...lines, policy: rules.policy });
    if (found !== null) return found;
  }
  return judgeFile(rules, change, { create: whole(create), modify: whole(modify) });
}

/** The line that says most: of a whole file before one of its symbols. */
function whole(lines: readonly Line[]): Line | undefined {
  return lines.find(({ symbol }) => symbol === undefined) ?? lines[0];
}

function judgeFile(
  rules: Rules,
  { path, kind }: Change,
  { create, modify }: { create: Line | undefined; modify: Line | undefined },
): Violation[] {
  // A lockfile is written by whatever tool finds it missing or stale: which of the two it was says nothing.
  if (!(create && modify) && all(rules.allow, path).length > 0) return [];
  if (all(rules.sensitive, path).length > 0)
    return [{ path, kind, rule: 'sensitive', severity: create || modify ? 'warn' : 'fail' }];
  if (create && modify) return [];
  const severity = rules.policy === 'enforce' ? 'fail' : 'warn';
  if (create && kind !== 'added') return [{ path, kind, rule: 'created-existing', entry: create.text, severity }];
  if (modify && kind === 'added') return [{ path, kind, rule: 'modified-missing', entry: modify.text, severity }];
  if (create || modify || (rules.create.length === 0 && rules.modify.length === 0)) return [];
  const lost = kind === 'deleted' || kind === 'type-changed';
  return [{ path, kind, rule: 'outside', severity: lost ? 'fail' : severity }];
}

function brokenBoundary(
  rules: Rules,
  path: string,
  { walls, maySymbol }: { walls: readonly Line[]; maySymbol: boolean },
): (Pick<Violation, 'severity'> & { entry: string }) | null {
  const forbidden = rules.forbidden.find((each) => path === each || path.startsWith(`${each}/`));
  if (forbidden !== undefined) return { entry: forbidden, severity: 'fail' };
  const hard = walls.find(({ symbol }) => symbol === undefined || !maySymbol);
  if (hard) return { entry: hard.text, severity: 'fail' };
  return walls[0] ? { entry: walls[0].text, severity: 'warn' } : null;
}

function line(entry: Pick<ScopeEntry, 'pattern' | 'symbol'>, reading: Reading): Line {
  const text = entry.symbol === undefined ? entry.pattern : `${entry.pattern}::${entry.symbol}`;
  return { text, glob: compileGlob(entry.pattern, reading), symbol: entry.symbol };
}

function all(lines: Line[], path: string): Line[] {
  return lines.filter(({ glob }) => globCovers(glob, path));
}
