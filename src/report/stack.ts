import type { CheckKind, StackCheck } from '../run/check.ts';
import { describeCheck, describeCheckFailure } from '../run/describe-check.ts';

/** `not-checked` is never a pass: nothing was found to check it with. */
export type Check = StackCheck['outcome'];

interface Row {
  result: Check;
  details: string;
}

/** A row of the summary for all checks of a kind; null where there is none. */
export function rowOf(checks: readonly StackCheck[], kind: CheckKind): Row | null {
  const found = checks.filter((check) => check.kind === kind);
  if (found.length === 0) return null;
  return { result: worst(found.map(({ outcome }) => outcome)), details: found.map(described).join('; ') };
}

/** Two rows about the same: what fails in one of them fails. */
export function together(one: Row, other: Row | null): Row {
  if (other === null) return one;
  if (one.result === 'not-checked') return other;
  return { result: worst([one.result, other.result]), details: `${one.details}; ${other.details}` };
}

/** What is new must be mended; what the base had before, and what is flaky, should be. */
export function checkActions(checks: readonly StackCheck[]): { mustFix: string[]; shouldFix: string[] } {
  const of = (wanted: string) =>
    checks.flatMap(({ name, failures }) =>
      failures.filter(({ status }) => status === wanted).map((each) => `${name}: ${describeCheckFailure(each)}`),
    );
  const known = checks.filter(({ failures }) => failures.some(({ status }) => status === 'known'));
  const before = known.map((check) => `${check.name} failed before this plan as well: ${describeCheck(check)}`);
  return { mustFix: of('new'), shouldFix: [...of('flaky').map((line) => `flaky: ${line}`), ...before] };
}

const described = (check: StackCheck) => `${check.name}: ${describeCheck(check)}`;

/** A pass of one check is none of another one that was not run. */
function worst(results: readonly Check[]): Check {
  if (results.includes('failed')) return 'failed';
  if (results.includes('warning')) return 'warning';
  if (results.every((result) => result === 'not-checked')) return 'not-checked';
  return results.includes('not-checked') ? 'warning' : 'passed';
}
