import type { AttemptFacts, Judgement } from '../../gate/gate.ts';
import { judgeBranch } from '../../gate/judge.ts';
import { inspectContents } from '../../git/contents.ts';
import { workBetween } from '../../git/work.ts';
import type { Plan, Task } from '../../plan/plan.ts';
import type { AttemptResult } from '../../run/event.ts';
import { NO_COST, NO_TOKENS } from '../../run/state.ts';
import { filesToCreate } from '../../scope/created.ts';
import { compliance } from '../compliance.ts';
import type { Surroundings } from '../context.ts';
import { lockedContracts } from '../contracts.ts';
import { withLines } from '../first-changes.ts';
import { maskFor } from '../mask.ts';
import type { Project } from '../project.ts';
import { symbolsTouched } from '../symbols.ts';
import { insideOf } from '../workspaces.ts';
import type { Candidate } from './candidates.ts';

export interface JudgeBranch {
  /** Null: only what is in its files is judged. */
  plan: Plan | null;
  planDir: string | null;
  /** Whether contracts are compared. */
  contracts: boolean;
}

/** Judges what a branch would land, as that of an attempt: content, and with a plan scope, files and contracts of its task. */
export async function judgeCandidate(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  candidate: Candidate,
  { plan, planDir, contracts }: JudgeBranch,
): Promise<Judgement> {
  const { repository, config } = project;
  const { git } = repository;
  const { head, start, task } = candidate;
  const work = await workBetween(git, start, head);
  const changes = work.changes.map(({ path, kind }) => ({ path, kind }));
  const scope = task?.scope ?? NO_TASK.scope;
  const contents = await inspectContents(git, work, {
    head,
    maxFileBytes: config.limits.maxFileSize,
    expected: filesToCreate(scope),
    secretsIn: maskFor(context).find,
  });
  const planPath = planDir === null ? null : insideOf(repository.root, planDir);
  const facts: AttemptFacts = {
    ...contents,
    changes,
    from: start,
    descends: true,
    origin: { integrated: [], foreign: [], ref: null },
    task: task ?? NO_TASK,
    base: start,
    result: resultOf(candidate),
    alone: true,
    planPath,
    policy: config.scope.policy ?? 'warn',
    asks: [],
    allow: config.scope.allow,
    contracts: plan === null ? [] : lockedContracts(plan, planPath),
    symbols: await symbolsTouched(git, scope, { changes, from: start, head }),
  };
  const judged = await withLines(git, judgeBranch(facts, task !== null), { from: start, head });
  if (judged.failure !== null || task === null || plan === null || !contracts) return judged;
  const complies = await compliance({ project, open: { plan } }, { task: task.id, head });
  if (complies === null) return judged;
  return { evidence: [...judged.evidence, complies.evidence], failure: complies.failure };
}

/** What an attempt would have said of itself, which nobody knows of a branch that was made elsewhere. */
export function resultOf({ head, commits }: Pick<Candidate, 'head' | 'commits'>): AttemptResult {
  return {
    outcome: 'success',
    message: '',
    exit: null,
    signal: null,
    head,
    commits,
    leftovers: [],
    marker: false,
    claim: null,
    tokens: NO_TOKENS,
    cost: NO_COST,
    ms: 0,
  };
}

/** Holds to nothing. */
export const NO_TASK: Task = {
  id: '',
  title: '',
  wave: 1,
  deps: [],
  blocks: [],
  conflicts: [],
  skills: [],
  contracts: [],
  scope: { create: [], modify: [], boundary: [], prose: [] },
  objective: '',
  requirements: '',
  checklist: '',
  outputFormat: '',
  file: '',
};
