import { canGoOn, findRun } from '../compose/runs.ts';
import { bytesOnlyIn } from '../git/holdings.ts';
import { deleteRef } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import { formatBytes } from '../util/size.ts';
import type { CliContext } from './context.ts';
import { age } from './render/format.ts';
import { type SnapshotOfRun, snapshotsOf } from './snapshots.ts';
import { count } from './style.ts';

export interface CleanSnapshots {
  olderThan?: number;
  dryRun?: boolean;
  json?: boolean;
}

interface Outcome {
  ref: string;
  at: number;
  removed: boolean;
  /** Why it was kept. */
  why: string | null;
}

/** `clean --snapshots`: the only command that removes what was kept. Nothing goes whose age was not named. */
export async function cleanSnapshots(
  context: CliContext,
  repository: Repository,
  name: string | undefined,
  options: CleanSnapshots,
): Promise<ExitCode> {
  const { olderThan, dryRun = false } = options;
  if (olderThan === undefined) throw howOld();
  const run = name === undefined ? undefined : findRun(repository.commonDir, { name }).id;
  const found = await snapshotsOf(repository, run);
  const now = Date.now();
  const verdicts = found.map((snapshot) => ({ snapshot, why: whyKept(snapshot, now, olderThan) }));
  const going = verdicts.filter(({ why }) => why === null).map(({ snapshot }) => snapshot);
  const freed = await bytesOnlyIn(
    repository.git,
    going.map(({ ref }) => ref),
  );
  const outcomes: Outcome[] = [];
  for (const { snapshot, why } of verdicts) {
    const { ref, at, commit } = snapshot;
    if (why !== null) outcomes.push({ ref, at, removed: false, why });
    else if (dryRun || (await deleteRef(repository.git, ref, commit))) outcomes.push({ ref, at, removed: true, why });
    else outcomes.push({ ref, at, removed: false, why: 'it changed meanwhile' });
  }
  report(context, outcomes, { ...options, freed, now });
  return EXIT.ok;
}

function whyKept({ at, source }: SnapshotOfRun, now: number, olderThan: number): string | null {
  if (now - at < olderThan) return `is ${age(now - at)} old`;
  if (source === null) return null;
  if (source.alive) return 'its run is going on';
  const { plan } = source.state;
  return canGoOn(source) ? `its run can go on: copse resume ${plan}, or give it up: copse clean ${plan} --force` : null;
}

function report(
  { stdout }: CliContext,
  outcomes: Outcome[],
  { json, dryRun = false, freed, now }: CleanSnapshots & { freed: number; now: number },
): void {
  if (json) {
    const document = { v: 1, command: 'clean', ok: true, dryRun, snapshots: outcomes, bytes: freed };
    stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  for (const { ref, at, removed, why } of outcomes) {
    const verb = dryRun ? 'would remove' : 'removed';
    stdout.write(removed ? `${verb} ${ref}, ${age(now - at)} old\n` : `kept ${ref}: ${why}\n`);
  }
  const gone = outcomes.filter(({ removed }) => removed).length;
  const what = `${count(gone, 'snapshot')} of ${outcomes.length}`;
  stdout.write(
    gone === 0
      ? `nothing to remove of ${count(outcomes.length, 'snapshot')}\n`
      : `${what} ${dryRun ? 'would go' : 'removed'}; nothing else holds ${formatBytes(freed)} of their content${dryRun ? '' : ', which git gc deletes in time'}\n`,
  );
}

function howOld(): Refusal {
  return new Refusal('usage', 'snapshots are the last copy of what they hold: say from which age on they may go', {
    exit: EXIT.usage,
    hint: 'copse clean --snapshots --older-than 30d --dry-run',
  });
}
