import type { StackCheck } from '../../run/check.ts';
import { describeCheck, describeCheckFailure } from '../../run/describe-check.ts';
import { duration } from './format.ts';

const SIGN: Record<StackCheck['outcome'], string> = { passed: '✓', failed: '✗', warning: '!', 'not-checked': '·' };
const MAX_FAILURES = 20;

/** What came of the checks of the merged tree, with what is new and what is flaky. */
export function checkLines(checks: readonly StackCheck[]): string[] {
  return checks.flatMap((check) => {
    const told = check.failures.filter(({ status }) => status !== 'known');
    const lines = told.slice(0, MAX_FAILURES).map((each) => `      ${each.status}: ${describeCheckFailure(each)}`);
    const more = told.length > MAX_FAILURES ? [`      … and ${told.length - MAX_FAILURES} more`] : [];
    return [
      `  ${SIGN[check.outcome]} ${check.name}: ${describeCheck(check)} (${duration(check.ms)})`,
      ...lines,
      ...more,
    ];
  });
}
