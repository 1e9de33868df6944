import type { Task } from '../plan/plan.ts';
import { listed, oneLine } from '../run/describe.ts';
import { violationPlace } from '../run/describe-violation.ts';
import type { Failure } from '../run/failure.ts';
import { GENERATED_FILES, SENSITIVE_FILES } from '../scope/allow.ts';
import { compileGlob } from '../scope/glob.ts';
import { judgeChanges } from '../scope/judge.ts';
import { globCovers } from '../scope/match.ts';
import type { Violation } from '../scope/scope.ts';
import type { SymbolFacts } from '../scope/symbols.ts';
import type { AttemptFacts, Gate } from './gate.ts';
import { MARKER } from './marker.ts';

/** Violations kept in a journal line; the summary tells how many there were. */
const MAX_KEPT = 100;

/** The real diff against the task's scope. BOUNDARY, the plan folder and contracts are hard stops; the rest is up to the policy. */
export const scope: Gate = (facts) => {
  const { policy, symbols } = facts;
  const violations = judgeChanges(facts.task.scope, facts.changes, { ...scopeRules(facts), policy, symbols });
  const failing = violations.filter(({ severity }) => severity === 'fail');
  const broken = [...facts.symbols.values()].some((each) => 'unknown' in each && each.broken);
  const verdict = failing.length > 0 ? 'fail' : violations.length > 0 || broken ? 'warn' : 'pass';
  const ordered = [...failing, ...violations.filter(({ severity }) => severity === 'warn')];
  return {
    evidence: {
      gate: 'scope',
      verdict,
      summary: oneLine([summarize(ordered, facts.changes.length), ...lookedInto(facts.symbols)].join('; '), 600),
      details: {
        total: violations.length,
        violations: ordered.slice(0, MAX_KEPT),
        ...(facts.symbols.size > 0 && { symbols: keptSymbols(facts.symbols) }),
      },
    },
    failure: failureOf(failing),
  };
};

/** What holds whatever the scope says. */
export function scopeRules(facts: AttemptFacts) {
  return {
    allow: [...GENERATED_FILES, ...facts.allow, MARKER],
    forbidden: forbiddenPaths(facts),
    sensitive: [...SENSITIVE_FILES, ...sensitivePaths(facts)],
  };
}

function failureOf(failing: Violation[]): Failure | null {
  if (failing.length === 0) return null;
  const violations = failing.slice(0, MAX_KEPT);
  const boundary = failing.some(({ rule }) => rule === 'boundary');
  return boundary ? { code: 'boundary-violation', violations } : { code: 'scope-violation', violations };
}

/** Paths that are sensitive by what was changed in them, as patterns. */
function sensitivePaths({ findings }: AttemptFacts): string[] {
  const found = findings.filter(({ problem }) => problem === 'install-script' || problem === 'submodule');
  return found.map(({ path }) => path.replace(/[\\*?[\]{}!]/g, '\\$&'));
}

/**
 * Paths no task may touch: the plan folder, and contracts that are files of the repository, unless the task itself writes them
 * (a contract may name the source file that some task creates).
 */
function forbiddenPaths({ planPath, task }: AttemptFacts): string[] {
  const plan = planPath === null || planPath === '' || planPath === '.' ? [] : [planPath.replace(/\/+$/, '')];
  return [...plan, ...contractPaths(task)];
}

/** The contracts of a task that are files of the repository, and not its own to write. */
export function contractPaths(task: Pick<Task, 'contracts' | 'scope'>): string[] {
  const writes = [...task.scope.create, ...task.scope.modify].map(({ pattern }) => compileGlob(pattern));
  return (
    task.contracts
      .map((path) => path.replace(/^(?:\.\/)+/, ''))
      // `contracts/…` is the plan's own folder, which `planPath` covers; a folder of that name in the repository is another.
      .filter((path) => path !== '' && !path.startsWith('contracts/') && !writes.some((glob) => globCovers(glob, path)))
  );
}

function summarize(violations: Violation[], changed: number): string {
  if (violations.length === 0)
    return changed === 1 ? 'the one changed path is in scope' : `all ${changed} changed paths are in scope`;
  const parts = (Object.keys(SAID) as Violation['rule'][]).flatMap((rule) => {
    const paths = violations.filter((each) => each.rule === rule).map(violationPlace);
    return paths.length === 0 ? [] : [`${SAID[rule]}: ${listed(paths, 3)}`];
  });
  return parts.join('; ');
}

/** What was touched in the files of which the scope names parts: `src/a.py: A.load, A.save`. */
function lookedInto(symbols: SymbolFacts): string[] {
  return [...symbols].slice(0, 5).map(([path, facts]) => {
    if ('unknown' in facts) return `${path} judged as a whole: ${facts.unknown}`;
    const names = facts.touched.map(({ symbol, change }) => `${SIGN[change]}${symbol ?? '<module>'}`);
    if (facts.wording) return `${path}: only comments, space or order`;
    return names.length === 0 ? `${path}: no definition` : `${path}: ${listed(names, 5)}`;
  });
}

const SIGN = { added: '+', removed: '-', modified: '' } as const;

function keptSymbols(symbols: SymbolFacts): object {
  const kept = [...symbols].slice(0, MAX_KEPT);
  return Object.fromEntries(
    kept.map(([path, facts]) => [path, 'unknown' in facts ? facts : facts.touched.slice(0, MAX_KEPT)]),
  );
}

const SAID: Record<Violation['rule'], string> = {
  boundary: 'must not be touched',
  sensitive: 'makes programs run for others',
  outside: 'outside the scope',
  'created-existing': 'to be created, but the base has it',
  'modified-missing': 'to be modified, but the base lacks it',
};
