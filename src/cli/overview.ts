import { join } from 'node:path';
import { openProject, type Project } from '../compose/project.ts';
import { type FoundRun, latestRunOf } from '../compose/runs.ts';
import { quoted } from '../compose/typed.ts';
import { printable } from '../plan/text.ts';
import { findParallel, plansIn } from '../project/find-plan.ts';
import { loadPlanFolder } from '../project/plan-folder.ts';
import { clockTime, describeBudget } from '../run/describe.ts';
import { nextCommand, onlyAsks } from '../run/next.ts';
import { waitsForHand } from '../run/resolve.ts';
import { hasLanded } from '../run/state.ts';
import { summarize } from '../run/summarize.ts';
import { EXIT, type ExitCode, Refusal } from '../util/refusal.ts';
import type { CliContext } from './context.ts';
import { helpText } from './help.ts';
import { columns, duration } from './render/format.ts';
import { countLine } from './render/monitor.ts';
import { clip } from './render/width.ts';
import { count } from './style.ts';
import { COMMANDS } from './table.ts';

/** Where one plan stands. */
interface Standing {
  plan: string;
  state: 'new' | 'invalid' | 'running' | 'unfinished' | 'failed' | 'partial' | 'integrated' | 'landed';
  /** For people: how much of it, when. */
  text: string;
  next: string;
  /** When its latest run last did something, in milliseconds since the epoch; 0 when it has none. */
  at: number;
}

/** Plans whose files are read to say whether they could run; reading hundreds would take longer than an overview may. */
const READ = 30;

/** `copse` alone: where the repository stands and what to do next; outside of one, the help text. */
export async function overview(context: CliContext, json: boolean): Promise<ExitCode> {
  const project = await here(context);
  if (project === null) {
    if (json) context.stdout.write(`${JSON.stringify({ v: 1, ok: true, repository: null, plans: [], next: null })}\n`);
    else context.stdout.write(helpText(COMMANDS));
    return EXIT.ok;
  }
  const plans = standings(project, Date.now());
  const next = mostUrgent(plans)?.next ?? NO_PLANS;
  if (json) {
    const { root, head } = project.repository;
    const document = { v: 1, ok: true, repository: root, branch: head.branch, plans, next };
    context.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    const width = Math.max(40, context.stdout.columns);
    for (const line of linesOf(project, plans)) context.stdout.write(`${clip(line, width)}\n`);
    context.stdout.write(`\n${next}\ncopse --help lists all commands\n`);
  }
  return EXIT.ok;
}

const NO_PLANS = 'next: copse demo to see a run, or write parallel/NAME/tasks/task-001.md';

/** The project, or null where there is none. What is wrong with one is told. */
async function here(context: CliContext): Promise<Project | null> {
  try {
    return await openProject(context);
  } catch (error) {
    const none = ['no-repository', 'git-missing', 'bare-repository', 'no-work-tree'];
    if (error instanceof Refusal && none.includes(error.code)) return null;
    throw error;
  }
}

function linesOf({ repository: { root, head } }: Project, plans: Standing[]): string[] {
  const where = `${root}, ${head.branch ?? `detached at ${head.oid.slice(0, 9)}`}`;
  if (plans.length === 0) return [where, '  no plans under parallel/'];
  return [where, ...columns(plans.map(({ plan, text }) => [`  ${printable(plan)}`, text]))];
}

function standings({ repository: { commonDir }, cwd }: Project, now: number): Standing[] {
  const parallel = findParallel(cwd);
  if (parallel === null) return [];
  return plansIn(parallel).map((plan, index) => {
    const run = latestRunOf(commonDir, plan);
    return run && run.state.phase !== 'abandoned' ? ofRun(run, now) : ofPlan(join(parallel, plan), plan, index);
  });
}

function ofPlan(dir: string, plan: string, index: number): Standing {
  const next = `next: copse validate ${quoted(plan)}, then copse run ${quoted(plan)}`;
  const unread = { plan, state: 'new' as const, text: 'not run yet', next, at: 0 };
  if (index >= READ) return unread;
  const { ok, plan: read, diagnostics } = loadPlanFolder(dir);
  if (!ok) {
    const errors = diagnostics.filter(({ level }) => level === 'error').length;
    const hint = `next: copse validate ${quoted(plan)}`;
    return { ...unread, state: 'invalid', text: `not valid: ${count(errors, 'error')}`, next: hint };
  }
  return { ...unread, text: `not run yet: ${count(read.tasks.length, 'task')} in ${count(read.waves.length, 'wave')}` };
}

function ofRun({ state, alive }: FoundRun, now: number): Standing {
  const summary = summarize(state, now, alive);
  const { label, says } = labelOf(state, { alive, now });
  const ago = alive ? `for ${duration(summary.elapsedMs)}` : `${duration(now - state.updatedAt)} ago`;
  const text = `${says}  ${countLine(summary)}  ${ago}`;
  return { plan: state.plan, state: label, text, next: nextCommand(state, alive), at: state.updatedAt };
}

function labelOf(
  state: FoundRun['state'],
  { alive, now }: { alive: boolean; now: number },
): { label: Standing['state']; says: string } {
  if (alive) return { label: 'running', says: parkedUntil(state, now) ?? 'running' };
  if (state.outcome === 'paused' && state.budget) {
    return { label: 'unfinished', says: `paused: budget, ${describeBudget(state.budget)}` };
  }
  if (state.phase !== 'finished' || state.outcome === 'stopped') return { label: 'unfinished', says: 'stopped' };
  if (state.landed && hasLanded(state)) return { label: 'landed', says: `landed on ${state.landed.target}` };
  switch (state.outcome) {
    case 'integrated':
      return { label: 'integrated', says: `integrated, not on ${state.target ?? 'a branch'} yet` };
    case 'partial':
      return { label: 'partial', says: 'integrated in part' };
    default:
      if (state.outcome === 'failed' && !hasFailures(state)) return { label: 'unfinished', says: 'can go on' };
      return {
        label: 'failed',
        says: onlyAsks(state) ? `waits for you: ${whatFor(state)}` : 'failed',
      };
  }
}

/** Not when a person has resolved what it failed by. */
function hasFailures({ tasks, waves, failure }: FoundRun['state']): boolean {
  return failure !== null || [...tasks.values(), ...waves.values()].some(({ status }) => status.is === 'failed');
}

function whatFor(state: FoundRun['state']): string {
  return waitsForHand(state).length > 0 ? 'a conflict is yours to resolve' : 'agents ask for more than their scope';
}

/** Said while no agent runs: the run only waits. */
function parkedUntil({ quota, tasks }: FoundRun['state'], now: number): string | null {
  const running = [...tasks.values()].some(({ status }) => status.is === 'running');
  if (quota.size === 0 || running) return null;
  const until = Math.min(...[...quota.values()].map((gate) => gate.until));
  return until > now ? `parked until ${clockTime(until, now)}` : null;
}

/** What is under way before what waits for a person, before what could begin; of equal ones the latest. */
function mostUrgent(plans: Standing[]): Standing | undefined {
  const order = ['running', 'unfinished', 'failed', 'partial', 'integrated', 'new', 'invalid', 'landed'];
  const rank = ({ state }: Standing) => order.indexOf(state);
  return plans.toSorted((a, b) => rank(a) - rank(b) || b.at - a.at)[0];
}
