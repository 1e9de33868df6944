import { GENERATED_FILES, SENSITIVE_FILES } from './allow.ts';
import { compileGlob, type Glob, type Reading } from './glob.ts';
import { globCovers } from './match.ts';
import type { Change, Scope, ScopeEntry, ScopePolicy, Violation } from './scope.ts';

export interface JudgeOptions {
  policy: ScopePolicy;
  /** Globs that are never out of scope; {@link GENERATED_FILES} when absent. */
  allow?: readonly string[];
  /** Paths (not globs) that no task may touch, nor what is below them, whatever its scope says: the plan folder. */
  forbidden?: readonly string[];
  /** Globs of files that make programs run elsewhere; {@link SENSITIVE_FILES} when absent. */
  sensitive?: readonly string[];
}

interface Rules {
  create: Line[];
  modify: Line[];
  boundary: Line[];
  forbidden: readonly string[];
  allow: Line[];
  sensitive: Line[];
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
 * failure; without any CREATE or MODIFY only BOUNDARY restricts. A file of others that is deleted, or replaced by something that
 * is no file, fails under either: an edit can be looked through, this cannot be built upon. So does a sensitive file that is
 * in no CREATE or MODIFY. Creating what the base has and modifying what it lacks are warnings.
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
    sensitive: (options.sensitive ?? SENSITIVE_FILES).map((pattern) => line({ pattern }, 'write')),
    policy: options.policy,
  };
  return changes.flatMap((change) => judge(rules, change) ?? []);
}

function judge(rules: Rules, { path, kind }: Change): Violation | null {
  const [create, modify] = [find(rules.create, path), find(rules.modify, path)];
  const broken = brokenBoundary(rules, path, { maySymbol: Boolean(create || modify) });
  if (broken) return { path, kind, rule: 'boundary', ...broken };

  // A lockfile is written by whatever tool finds it missing or stale: which of the two it was says nothing.
  if (!(create && modify) && find(rules.allow, path)) return null;
  const sensitive = find(rules.sensitive, path);
  if (sensitive) return { path, kind, rule: 'sensitive', severity: create || modify ? 'warn' : 'fail' };
  if (create && modify) return null;
  if (create && kind !== 'added') return { path, kind, rule: 'created-existing', entry: create.text, severity: 'warn' };
  if (modify && kind === 'added') return { path, kind, rule: 'modified-missing', entry: modify.text, severity: 'warn' };
  if (create || modify || (rules.create.length === 0 && rules.modify.length === 0)) return null;
  const lost = kind === 'deleted' || kind === 'type-changed';
  return { path, kind, rule: 'outside', severity: rules.policy === 'enforce' || lost ? 'fail' : 'warn' };
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
