import { GENERATED_FILES } from './allow.ts';
import { compileGlob, type Glob, type Reading } from './glob.ts';
import { globCovers } from './match.ts';
import type { Change, Scope, ScopeEntry, ScopePolicy, Violation } from './scope.ts';

export interface JudgeOptions {
  policy: ScopePolicy;
  /** Globs that are never out of scope; {@link GENERATED_FILES} when absent. */
  allow?: readonly string[];
  /** Paths (not globs) that no task may touch, nor what is below them, whatever its scope says: the plan folder. */
  forbidden?: readonly string[];
}

interface Rules {
  create: Line[];
  modify: Line[];
  boundary: Line[];
  forbidden: readonly string[];
  allow: Line[];
  policy: ScopePolicy;
}

interface Line {
  text: string;
  glob: Glob;
  symbol: boolean;
}

/**
 * What the scope does not allow among the changes of an attempt, at most one violation a path, in the order of the changes.
 * BOUNDARY fails under either policy, and before any list that allows. Outside CREATE and MODIFY is a warning, under `enforce` a
 * failure; without any CREATE or MODIFY only BOUNDARY restricts. Creating what the base has and modifying what it lacks are warnings.
 * Symbols (`file::Class`) are not looked into here: in MODIFY they allow the file; in BOUNDARY they fail it, but only warn when
 * the task may write other parts of that file.
 */
export function judgeChanges(scope: Scope, changes: readonly Change[], options: JudgeOptions): Violation[] {
  const rules: Rules = {
    create: scope.create.map((entry) => line(entry, 'write')),
    modify: scope.modify.map((entry) => line(entry, 'write')),
    boundary: scope.boundary.map((entry) => line(entry, 'boundary')),
    forbidden: options.forbidden ?? [],
    allow: (options.allow ?? GENERATED_FILES).map((pattern) => line({ pattern }, 'write')),
    policy: options.policy,
  };
  return changes.flatMap((change) => judge(rules, change) ?? []);
}

function judge(rules: Rules, { path, kind }: Change): Violation | null {
  const [create, modify] = [find(rules.create, path), find(rules.modify, path)];
  const broken = brokenBoundary(rules, path, { maySymbol: Boolean(create || modify) });
  if (broken) return { path, kind, rule: 'boundary', ...broken };

  if (create && modify) return null;
  // A lockfile is written by whatever tool finds it missing or stale: which of the two it was says nothing.
  if (find(rules.allow, path)) return null;
  if (create && kind !== 'added') return { path, kind, rule: 'created-existing', entry: create.text, severity: 'warn' };
  if (modify && kind === 'added') return { path, kind, rule: 'modified-missing', entry: modify.text, severity: 'warn' };
  if (create || modify || (rules.create.length === 0 && rules.modify.length === 0)) return null;
  return { path, kind, rule: 'outside', severity: rules.policy === 'enforce' ? 'fail' : 'warn' };
}

function brokenBoundary(
  rules: Rules,
  path: string,
  { maySymbol }: { maySymbol: boolean },
): (Pick<Violation, 'severity'> & { entry: string }) | null {
  const forbidden = rules.forbidden.find((each) => path === each || path.startsWith(`${each}/`));
  if (forbidden !== undefined) return { entry: forbidden, severity: 'fail' };
  const matching = rules.boundary.filter(({ glob }) => globCovers(glob, path));
  const whole = matching.find(({ symbol }) => !symbol || !maySymbol);
  if (whole) return { entry: whole.text, severity: 'fail' };
  return matching[0] ? { entry: matching[0].text, severity: 'warn' } : null;
}

function line(entry: Pick<ScopeEntry, 'pattern' | 'symbol'>, reading: Reading): Line {
  const text = entry.symbol === undefined ? entry.pattern : `${entry.pattern}::${entry.symbol}`;
  return { text, glob: compileGlob(entry.pattern, reading), symbol: entry.symbol !== undefined };
}

function find(lines: Line[], path: string): Line | undefined {
  return lines.find(({ glob }) => globCovers(glob, path));
}
