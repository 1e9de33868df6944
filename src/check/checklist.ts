import type { ChecklistItem } from '../plan/checklist.ts';
import { coverageIn } from './coverage.ts';
import { type RunCheckOptions, runCheck } from './run.ts';
import { checkSpec } from './spec.ts';

/** What came of one item. */
export interface ChecklistResult {
  text: string;
  /** Null: for people, or a threshold. */
  command: string | null;
  result: 'passed' | 'failed' | 'not-checked';
  /** Why it failed or was not checked. */
  why?: string;
  exit: number | null;
  tail: string;
}

const TESTS = /\b(?:test|tests|pytest|vitest|jest|mocha|tox|nox|rspec|phpunit)\b/;

/** Runs the commands of a checklist, one after the other, in a workspace; then looks for what they say of coverage. */
export async function runChecklist(
  items: readonly ChecklistItem[],
  { timeoutMs, ...place }: RunCheckOptions & { timeoutMs: number },
): Promise<ChecklistResult[]> {
  const began = Date.now();
  const results = new Map<ChecklistItem, ChecklistResult>();
  for (const item of items) {
    if (item.argv) results.set(item, await runItem(item.text, item.argv, { ...place, timeoutMs }));
  }
  // A file system may count time in steps.
  const measured = coverageIn(place.root, began - 2_000);
  return items.map((item) => results.get(item) ?? withoutCommand(item, measured));
}

async function runItem(
  text: string,
  argv: [string, ...string[]],
  { timeoutMs, ...place }: RunCheckOptions & { timeoutMs: number },
): Promise<ChecklistResult> {
  const command = argv.join(' ');
  const kind = TESTS.test(command) ? 'tests' : 'lint';
  const spec = checkSpec({ name: command, kind, argv, timeoutMs });
  const { outcome, why, exit, tail } = await runCheck(spec, place);
  // It ran and looked at nothing: whoever wrote the item wanted tests to be there.
  const result = outcome === 'nothing' ? (exit === null ? 'not-checked' : 'failed') : outcome;
  return { text, command, result, ...(why && { why }), exit, tail };
}

function withoutCommand(
  { text, coverage }: ChecklistItem,
  measured: { percent: number; report: string } | null,
): ChecklistResult {
  const item = { text, command: null, exit: null, tail: '' };
  if (coverage === null) return { ...item, result: 'not-checked', why: 'for people' };
  if (measured === null) return { ...item, result: 'not-checked', why: 'its commands wrote no report of coverage' };
  const why = `${measured.percent.toFixed(1)} % of lines, by ${measured.report}`;
  return { ...item, result: measured.percent >= coverage ? 'passed' : 'failed', why };
}
