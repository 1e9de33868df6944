import { countCommits } from '../git/history.ts';
import { readRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { type RunSummary, summarize } from '../run/summarize.ts';

/** The summary with the commits that living agents have made so far. */
export async function measure(repository: Repository, state: RunState, alive: boolean): Promise<RunSummary> {
  const summary = summarize(state, Date.now(), alive);
  await Promise.all(
    summary.tasks.map(async (row) => {
      const attempt = lastAttempt(state.tasks.get(row.id)!);
      if (!attempt || row.commits !== null) return;
      const head = await readRef(repository.git, `refs/heads/${attempt.branch}`);
      if (head) row.commits = await countCommits(repository.git, attempt.base, head);
    }),
  );
  return summary;
}
