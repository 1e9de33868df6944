import type { Case, CheckFailure, StackCheck } from '../run/check.ts';
import { placesIn } from './parse/places.ts';
import { type CheckRun, NOT_FOUND, WHOLE } from './run.ts';
import type { CheckSpec } from './spec.ts';

/** The failures of `run` that none of `bases` has; of two that look alike, the base must have two. */
export function newFailures(run: CheckRun, bases: readonly CheckRun[]): Case[] {
  return bases.reduce((left, base) => without(left, base.failed), run.failed);
}

function without(failures: readonly Case[], known: readonly Case[]): Case[] {
  const left = new Map<string, number>();
  for (const { id } of known) left.set(id, (left.get(id) ?? 0) + 1);
  return failures.filter(({ id }) => {
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count <= 0;
  });
}

/** Those of `failures` that went away when the check was run once more on the same tree. */
export function flakyOnes(failures: readonly Case[], again: CheckRun): Case[] {
  if (again.outcome === 'nothing') return [];
  if (again.outcome === 'passed') return [...failures];
  // It fell over as a whole: that says nothing about single cases.
  return again.failed.some(({ id }) => id === WHOLE) ? [] : without(failures, again.failed);
}

/** What there is to say about a check, once its failures are compared with the base and run again. */
export function stackCheck(
  spec: CheckSpec,
  run: CheckRun,
  {
    fresh,
    flaky,
    blame,
  }: { fresh: readonly Case[]; flaky: readonly Case[]; blame: (failure: Case) => CheckFailure['blame'] },
): StackCheck {
  const { name, kind, command } = spec;
  const failures = most(run.failed, fresh).map((each): CheckFailure => {
    const status = flaky.includes(each) ? 'flaky' : fresh.includes(each) ? 'new' : 'known';
    const { name, file, line, message } = each;
    const place = {
      ...(file && { file }),
      ...(line && { line }),
      ...(message && { message: message.slice(0, MAX_MESSAGE) }),
    };
    return { name, ...place, status, blame: status === 'known' ? [] : blame(each) };
  });
  const isNew = failures.some(({ status }) => status === 'new');
  const odd = failures.length > 0 || run.why !== undefined;
  // A program that is missing on both commits is missing on the machine.
  const nothing = run.outcome === 'nothing' || (run.exit === NOT_FOUND && !isNew);
  return {
    name,
    kind,
    command,
    outcome: nothing ? 'not-checked' : isNew ? 'failed' : odd ? 'warning' : 'passed',
    ...(run.why && { why: run.why }),
    exit: run.exit,
    counts: run.counts,
    failures,
    ...(run.failed.length > 0 && { tail: run.tail }),
    ms: run.ms,
  };
}

/** A check that could not be run at all. */
export function notChecked(spec: CheckSpec, why: string): StackCheck {
  const run = { outcome: 'nothing' as const, why, exit: null, failed: [], counts: null, tail: '', ms: 0 };
  return stackCheck(spec, run, { fresh: [], flaky: [], blame: () => [] });
}

const MAX_FAILURES = 200;
const MAX_MESSAGE = 1_000;

/** Not more than somebody reads, and those that count first. */
function most(failed: readonly Case[], fresh: readonly Case[]): Case[] {
  if (failed.length <= MAX_FAILURES) return [...failed];
  return [...fresh, ...failed.filter((each) => !fresh.includes(each))].slice(0, MAX_FAILURES);
}

/**
 * Who may have broken it: the tasks that changed the file of the case; else those that changed the first file of its stack or
 * message that any of them changed; else those that changed the file that a test is named after. Best effort.
 */
export function blameBy(changed: ReadonlyMap<string, ReadonlySet<string>>): (failure: Case) => CheckFailure['blame'] {
  const changers = (file: string) =>
    [...changed].filter(([, paths]) => paths.has(file)).map(([task]) => ({ task, file }));
  const all = new Set([...changed.values()].flatMap((paths) => [...paths]));
  return ({ file, message = '' }) => {
    const named = placesIn(message).map((place) => place.file);
    const tested = file === undefined ? [] : [...all].filter((path) => subjectOf(file) === stemOf(path));
    for (const each of new Set([...(file ? [file] : []), ...named, ...tested])) {
      const tasks = changers(each);
      if (tasks.length > 0) return tasks;
    }
    return [];
  };
}

const stemOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');

/** `test/sum.test.js`, `tests/test_sum.py`, `sum_test.go`, `SumTest.java` as `sum` and `Sum`; null for what is no test. */
function subjectOf(path: string): string | null {
  const stem = stemOf(path);
  const subject = stem.replace(/^test_|[._](?:test|spec)$|(?<=[a-z0-9])Tests?$/, '');
  return subject === stem ? null : subject;
}
