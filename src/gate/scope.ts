import { listed, oneLine } from '../run/describe.ts';
import type { Failure } from '../run/failure.ts';
import { GENERATED_FILES, SENSITIVE_FILES } from '../scope/allow.ts';
import { compileGlob } from '../scope/glob.ts';
import { judgeChanges } from '../scope/judge.ts';
import { globCovers } from '../scope/match.ts';
import type { Violation } from '../scope/scope.ts';
import type { AttemptFacts, Gate } from './gate.ts';
import { MARKER } from './marker.ts';

/** Violations kept in a journal line; the summary tells how many there were. */
const MAX_KEPT = 100;

/** The real diff against the task's scope. BOUNDARY, the plan folder and contracts are hard stops; the rest is up to the policy. */
export const scope: Gate = (facts) => {
  const violations = judgeChanges(facts.task.scope, facts.changes, {
    policy: facts.policy,
    allow: [...GENERATED_FILES, ...facts.allow, MARKER],
    forbidden: forbiddenPaths(facts),
    sensitive: [...SENSITIVE_FILES, ...sensitivePaths(facts)],
  });
  const failing = violations.filter(({ severity }) => severity === 'fail');
  const verdict = failing.length > 0 ? 'fail' : violations.length > 0 ? 'warn' : 'pass';
  const ordered = [...failing, ...violations.filter(({ severity }) => severity === 'warn')];
  return {
    evidence: {
      gate: 'scope',
      verdict,
      summary: summarize(ordered, facts.changes.length),
      details: { total: violations.length, violations: ordered.slice(0, MAX_KEPT) },
    },
    failure: failureOf(failing),
  };
};

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
  const writes = [...task.scope.create, ...task.scope.modify].map(({ pattern }) => compileGlob(pattern));
  const contracts = task.contracts
    .map((path) => path.replace(/^(?:\.\/)+/, ''))
    // `contracts/…` is the plan's own folder, which `planPath` covers; a folder of that name in the repository is another.
    .filter((path) => path !== '' && !path.startsWith('contracts/') && !writes.some((glob) => globCovers(glob, path)));
  return [...plan, ...contracts];
}

function summarize(violations: Violation[], changed: number): string {
  if (violations.length === 0)
    return changed === 1 ? 'the one changed path is in scope' : `all ${changed} changed paths are in scope`;
  const parts = (Object.keys(SAID) as Violation['rule'][]).flatMap((rule) => {
    const paths = violations.filter((each) => each.rule === rule).map(({ path }) => path);
    return paths.length === 0 ? [] : [`${SAID[rule]}: ${listed(paths, 3)}`];
  });
  return oneLine(parts.join('; '), 600);
}

const SAID: Record<Violation['rule'], string> = {
  boundary: 'must not be touched',
  sensitive: 'makes programs run for others',
  outside: 'outside the scope',
  'created-existing': 'to be created, but the base has it',
  'modified-missing': 'to be modified, but the base lacks it',
};
