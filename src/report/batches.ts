import type { Batch } from '../run/batch.ts';
import { describeCulprit, describeFlaky } from '../run/describe-batch.ts';
import { describeCheck } from '../run/describe-check.ts';

export const BATCH_COLUMNS = ['Landed together', 'Culprits', 'Checks', 'Rounds', 'Time', 'Flaky'];

/** A row for each batch that was checked before it landed. */
export function batchRows(batches: readonly Batch[]): string[][] {
  return batches.map(({ tasks, culprits, checks, runs, ms, flaky }) => {
    const gone = new Set(culprits.map(({ task }) => task));
    return [
      tasks.filter((task) => !gone.has(task)).join(', ') || '-',
      culprits.map(describeCulprit).join('; ') || '-',
      checks.map((check) => `${check.name}: ${describeCheck(check)}`).join('; ') || '-',
      String(runs),
      `${(ms / 1000).toFixed(1)} s`,
      flaky.map(describeFlaky).join('; ') || '-',
    ];
  });
}

/** What passed when it was run again, each once; the one task that can have brought it, where it landed alone. */
export function flakyInBatches(
  batches: readonly Batch[],
): { message: string; tasks: string[]; file?: string; line?: number }[] {
  const all = batches.flatMap(({ flaky, tasks }) =>
    flaky.map((each) => {
      const { file, line } = each;
      const place = file === undefined ? {} : { file, ...(line !== undefined && { line }) };
      return { message: describeFlaky(each), tasks: tasks.length === 1 ? tasks : [], ...place };
    }),
  );
  return [...new Map(all.map((each) => [each.message, each])).values()];
}
