import type { CheckFailure, StackCheck } from './check.ts';
import { listed, oneLine } from './describe.ts';

/** What came of a check in a few words: `12 passed, 1 failed (1 new)`, `not checked: tsc is not installed`. */
export function describeCheck({ outcome, why, counts, exit, failures }: StackCheck): string {
  if (outcome === 'not-checked') return `not checked: ${why}`;
  const of = (status: CheckFailure['status']) => failures.filter((each) => each.status === status).length;
  const sorts = (['new', 'known', 'flaky'] as const).filter((status) => of(status) > 0);
  const split = sorts.map((status) => `${of(status)} ${SORT[status]}`).join(', ');
  const numbers = counts === null || counts.passed + counts.failed + counts.skipped === 0 ? [] : countWords(counts);
  const said = numbers.length > 0 ? numbers.join(', ') : failures.length > 0 ? 'failed' : `exit status ${exit}`;
  return `${said}${split ? ` (${split})` : ''}${why ? `; ${why}` : ''}`;
}

const SORT = { new: 'new', known: 'fails on the base as well', flaky: 'flaky' };

function countWords({ passed, failed, skipped }: NonNullable<StackCheck['counts']>): string[] {
  const words = [`${passed} passed`, `${failed} failed`, `${skipped} skipped`];
  return words.filter((word) => !word.startsWith('0 '));
}

/** `src/a.ts:3 adds: expected 2 to be 3; perhaps task-001, which changed src/a.ts`. */
export function describeCheckFailure({ name, file, line, message, blame }: CheckFailure): string {
  const place = file ? `${file}${line ? `:${line}` : ''} ` : '';
  // A complaint is named by its file and its rule.
  const own = file && name.startsWith(file) ? name.slice(file.length).trim() : name;
  const said = message ? `: ${oneLine(message.split('\n').find((each) => each.trim()) ?? '', 160)}` : '';
  return `${`${place}${oneLine(own, 160)}`.trim()}${said}${blame.length > 0 ? `; perhaps ${describeBlame(blame)}` : ''}`;
}

/** `task-001, which changed src/a.ts`. */
export function describeBlame(blame: CheckFailure['blame']): string {
  if (blame.length === 0) return 'nobody in particular';
  const tasks = listed(
    blame.map(({ task }) => task),
    4,
  );
  return `${tasks}, which changed ${blame[0]!.file}`;
}
