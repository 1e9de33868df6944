import type { Batch, FlakyCase } from './batch.ts';
import { listed } from './describe.ts';
import { describeCheck } from './describe-check.ts';
import { caseWords } from './describe-failed.ts';
import type { RunState } from './state.ts';

/** `task-003, together with task-001`. */
export function describeCulprit({ task, with: others }: Batch['culprits'][number]): string {
  return others.length === 0 ? task : `${task}, together with ${listed(others, 3)}`;
}

/** `test: sum.test.js:2 adds`. */
export function describeFlaky({ check, ...failed }: FlakyCase): string {
  return `${check}: ${caseWords(failed)}`;
}

const MAX_LINES = 6;

/** What a person should know of checks before landings: what is flaky, and what was not checked at all. */
export function batchLines({ batches }: Pick<RunState, 'batches'>): string[] {
  const flaky = new Set(batches.flatMap((batch) => batch.flaky.map(describeFlaky)));
  const open = new Set(
    batches.flatMap(({ checks }) =>
      checks
        .filter(({ outcome }) => outcome === 'not-checked')
        .map((check) => `${check.name} said nothing of what landed: ${describeCheck(check)}`),
    ),
  );
  const lines = [...[...flaky].map((each) => `flaky, it passed when run again: ${each}`), ...open];
  const rest = lines.length - MAX_LINES;
  return rest <= 0 ? lines : [...lines.slice(0, MAX_LINES), `and ${rest} more, which the report names`];
}
