import { createdEvent } from '../../engine/create.ts';
import type { Plan, Task } from '../../plan/plan.ts';
import { listed } from '../../run/describe.ts';
import type { Evidence, Oid, RunEvent, RunEventBody, RunSettings } from '../../run/event.ts';
import type { Failure } from '../../run/failure.ts';
import { reduce } from '../../run/reduce.ts';
import { fold, type RunState } from '../../run/state.ts';
import type { Candidate, NothingNew } from './candidates.ts';
import { NO_TASK, resultOf } from './judge.ts';

/** What became of a branch. */
export type BranchOutcome =
  | { is: 'merged'; commit: Oid }
  /** All of it is in this branch. */
  | { is: 'nothing-new'; within: string }
  | { is: 'conflict'; with: string[]; paths: string[]; messages: string[] }
  /** By what is in it: scope, contracts, content. */
  | { is: 'refused'; failure: Failure }
  /** One that it needs is left out. */
  | { is: 'blocked'; by: string }
  /** Checks, contracts or validations that pass without it fail with it. */
  | { is: 'red'; with: string[]; failure: Failure };

export interface BranchRow {
  branch: Candidate | NothingNew;
  outcome: BranchOutcome;
  evidence: Evidence[];
}

export interface AllRows {
  /** Null: none was named. */
  plan: Plan | null;
  planDir: string;
  target: string;
  onto: Oid;
  tip: Oid;
  /** As they were typed. */
  globs: readonly string[];
  rows: readonly BranchRow[];
}

/**
 * Branches that were made elsewhere as a run would tell of them, one attempt each: so that checks, contracts and reports need to know
 * of nothing else.
 */
export function stateOf(all: AllRows): { state: RunState; plan: Plan } {
  const { planDir, target, onto, globs } = all;
  const plan = withBranches(all);
  const created = createdEvent({
    plan,
    planDir,
    base: onto,
    target,
    integrationRef: `refs/heads/${globs.join(' ')}`,
    settings: SETTINGS,
  });
  const bodies: RunEventBody[] = [created, ...all.rows.flatMap((row) => eventsOf(row, all))];
  if (all.tip !== onto) bodies.push({ type: 'integration.moved', from: onto, to: all.tip });
  const at = Date.now();
  const events = bodies.map((body, index): RunEvent => ({ v: 1, seq: index + 1, at, run: 'branches', ...body }));
  return { state: fold(events, reduce), plan };
}

/** What a branch is called where tasks are: its task, else its own name. */
export const idOf = ({ task, name }: Candidate | NothingNew): string =>
  (typeof task === 'string' ? task : task?.id) ?? name;

/** Those that no task is meant by are tasks of their own. */
function withBranches({ plan, globs, rows }: AllRows): Plan {
  const known = new Set(plan?.tasks.map(({ id }) => id));
  const others = rows.filter(({ branch }) => !known.has(idOf(branch)));
  const wave = plan?.waves.at(-1)?.number ?? 1;
  const tasks = others.map(({ branch }): Task => ({ ...NO_TASK, id: branch.name, title: branch.subject, wave }));
  const base = plan ?? { ...NO_PLAN, title: `Branches ${globs.join(' ')}` };
  return { ...base, tasks: [...base.tasks, ...tasks] };
}

/** What stands for the plan where there is none. */
export const NO_PLAN: Plan = {
  name: 'branches',
  title: '',
  variant: 'M0',
  tasks: [],
  waves: [{ number: 1, tasks: [] }],
  dependencies: [],
  context: '',
  contracts: [],
};

function eventsOf({ branch, outcome, evidence }: BranchRow, { onto, rows }: AllRows): RunEventBody[] {
  const key = { task: idOf(branch), attempt: 1 };
  if (outcome.is === 'blocked') {
    const by = rows.find((row) => row.branch.name === outcome.by);
    return [{ type: 'task.blocked', task: key.task, by: { task: by ? idOf(by.branch) : outcome.by } }];
  }
  const { name, head } = branch;
  const notes: RunEventBody[] =
    outcome.is === 'conflict' && outcome.with.length > 0
      ? [
          {
            type: 'task.noted',
            task: key.task,
            note: `conflicts with ${listed(outcome.with, 5)}: ${listed(outcome.paths, 5)}`,
          },
        ]
      : [];
  const base = 'start' in branch ? branch.start : head; // nothing of its own
  const commits = 'commits' in branch ? branch.commits : 0;
  const begun: RunEventBody[] = [
    { type: 'attempt.started', ...key, agent: 'elsewhere', branch: name, workspace: '', base },
    { type: 'attempt.ended', ...key, ...resultOf({ head, commits }) },
  ];
  if (outcome.is === 'merged' || outcome.is === 'nothing-new') {
    const commit = outcome.is === 'merged' ? outcome.commit : head;
    return [
      ...begun,
      { type: 'attempt.verified', ...key, head, evidence },
      { type: 'task.integrated', ...key, head, commit, commits },
    ];
  }
  return [...begun, ...notes, { type: 'attempt.failed', ...key, failure: failureOf(outcome, onto), evidence }];
}

function failureOf(outcome: Extract<BranchOutcome, { is: 'conflict' | 'refused' | 'red' }>, onto: Oid): Failure {
  switch (outcome.is) {
    case 'conflict':
      return { code: 'merge-conflict', paths: outcome.paths, onto, messages: outcome.messages };
    default:
      return outcome.failure;
  }
}

const SETTINGS: RunSettings = {
  pattern: 'worktree',
  agent: 'elsewhere',
  maxConcurrent: 1,
  retries: 0,
  timeoutMs: 0,
  stallMs: 0,
  barrier: 'none',
  scope: 'warn',
};
