import type { Git } from '../git/git.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import { type TakenBack, takeBackTarget } from '../integrate/take-back.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { buildReport } from '../report/report.ts';
import type { Oid } from '../run/event.ts';
import type { Landing, RunState } from '../run/state.ts';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import { holding } from './held-run.ts';
import { checkNotRun, noBranch } from './integrate-ready.ts';
import { outputsOf, recordUndone, writeReport } from './integrate-report.ts';
import type { Project } from './project.ts';
import type { FoundRun } from './runs.ts';
import { trusting } from './trust.ts';

/** What came of taking a landing back. */
export interface Undone {
  /** The landing that was meant. */
  landing: Landing;
  taken: TakenBack;
  /** Remote branches that have it, as far as this repository knows: `origin/main`. */
  pushed: string[];
  /** The integration branch was gone, and is there again. */
  restored: boolean;
  state: RunState;
}

/** Puts the target back to where it was before the last landing of a run. */
export async function undoLanding(
  context: Pick<Surroundings, 'env' | 'warn'>,
  opened: Project,
  run: FoundRun,
  { dryRun = false }: { dryRun?: boolean },
): Promise<Undone> {
  checkNotRun(run);
  const project = await trusting(opened, run.id, context.warn);
  if (dryRun) return takeBack(project, run.state, { dryRun });
  return holding(context, project, run, async ({ state, append, journal }) => {
    const undone = await takeBack(project, state, { dryRun });
    if (undone.taken.undone) {
      recordUndone(context, state.planDir, Date.now());
      const { target, from, to } = undone.landing;
      append({ type: 'target.restored', target, from: to, to: from });
      await journal.flush();
      writeReport(context, state.planDir, buildReport(state, readFrozenPlan(run.paths), Date.now()));
    }
    return undone;
  });
}

async function takeBack(project: Project, state: RunState, { dryRun }: { dryRun: boolean }): Promise<Undone> {
  const { repository } = project;
  const landing = state.landings.at(-1);
  if (landing === undefined) throw nothingLanded(state);
  const { target, to } = landing;
  const taken = await takeBackTarget({ repository, target, landing, outputs: outputsOf(project, state), dryRun });
  if (!taken.undone && taken.why === 'no-branch') throw noBranch(target, state.plan);
  if (!taken.undone) return { landing, taken, pushed: await pushedTo(repository.git, to), restored: false, state };
  const ref = state.integrationRef;
  const gone = (await readRef(repository.git, ref)) === null;
  const reason = 'copse: integrate --undo';
  const restored = gone && (await compareAndSwap(repository.git, ref, { next: landing.tip, old: null, reason }));
  return { landing, taken, pushed: await pushedTo(repository.git, to), restored, state };
}

function nothingLanded({ plan, landed }: RunState): Refusal {
  const message = landed
    ? `${landed.target} had everything of ${plan} already when it was integrated: it came there by other hands`
    : `nothing of ${plan} has landed`;
  const hint = landed ? `git log ${landed.target}` : `copse status ${plan}`;
  return new Refusal('nothing-landed', message, { exit: EXIT.integration, hint });
}

async function pushedTo(git: Git, commit: Oid): Promise<string[]> {
  const text = await git.text([
    'for-each-ref',
    `--contains=${commit}`,
    '--format=%(refname:short)',
    '--',
    'refs/remotes',
  ]);
  return text.split('\n').filter(Boolean);
}

/** The exit status of a command that took a landing back, or did not. */
export function exitOfUndo(taken: TakenBack): ExitCode {
  if (taken.undone || taken.why === 'dry-run') return EXIT.ok;
  return taken.why === 'grown' || taken.why === 'gone' ? EXIT.integration : EXIT.waitsForPerson;
}
