import type { Ports } from '../engine/ports.ts';
import { judgeByCustom } from '../gate/custom.ts';
import type { AttemptFacts } from '../gate/gate.ts';
import { judgeAttempt } from '../gate/judge.ts';
import { inspectBranchWork } from '../git/inspect.ts';
import { headLogOf } from '../git/worktree.ts';
import type { AttemptState, RunState } from '../run/state.ts';
import { filesToCreate } from '../scope/created.ts';
import { asksOf, mayGrant, withGrants } from './asks.ts';
import { checklistGate } from './checklist.ts';
import { compliance } from './compliance.ts';
import { lockedContracts } from './contracts.ts';
import type { Escapes } from './escapes.ts';
import { withLines } from './first-changes.ts';
import { resolutionOf } from './resolution.ts';
import { symbolsTouched } from './symbols.ts';
import type { Wiring } from './wiring.ts';
import { insideOf } from './workspaces.ts';

/** Measures what an attempt left and judges it by that. */
export function verifier(wiring: Wiring, escapes: Escapes): Ports['verify'] {
  const { context, project, open, tasks, mask } = wiring;
  const { repository, config } = project;
  const planPath = insideOf(repository.root, open.state.planDir);
  const locked = lockedContracts(open.plan, planPath);
  return async (id, attempt) => {
    const result = attempt.result!;
    const task = withGrants(tasks.get(id)!, open.state);
    const { base, branch } = attempt;
    const all = open.plan.tasks.map((each) => withGrants(each, open.state));
    const asks = asksOf(result, { task, tasks: all, planPath, state: open.state });
    const head = result.head ?? base;
    const measured = await inspectBranchWork(repository.git, {
      base,
      head,
      branch,
      integrated: open.state.tip,
      ...(await headLogOf(repository, { path: attempt.workspace, startedAt: attempt.startedAt })),
      maxFileBytes: config.limits.maxFileSize,
      expected: filesToCreate(task.scope),
      given: attempt.resolves?.head,
      secretsIn: mask.find,
    });
    const facts: AttemptFacts = {
      ...measured,
      task,
      base,
      result,
      alone: wasAlone(open.state, id, attempt),
      planPath,
      policy: open.state.settings.scope,
      asks,
      allow: config.scope.allow,
      contracts: locked,
      symbols: await symbolsTouched(repository.git, task.scope, { ...measured, head }),
      ...(await resolutionOf(wiring, id, attempt, head)),
    };
    const judged = await withLines(repository.git, judgeAttempt(facts), { from: measured.from, head });
    const complies = judged.failure === null ? await compliance(wiring, { task: id, head }) : null;
    if (complies) {
      judged.evidence.push(complies.evidence);
      judged.failure = complies.failure;
    }
    const held = judged.failure === null ? await checklistGate(wiring, { task, workspace: attempt.workspace }) : null;
    if (held) {
      judged.evidence.push(held.evidence);
      judged.failure = held.failure;
    }
    if (judged.failure === null) {
      const place = { attempt: attempt.number, branch, workspace: attempt.workspace };
      const { evidence, failure } = await judgeByCustom(context.parts?.gates ?? [], { ...facts, ...place });
      judged.evidence.push(...evidence);
      judged.failure = failure;
    }
    const verdict = await escapes.verdict(id, attempt, judged);
    const grants = config.scope.extend === 'grant' && verdict.failure?.code === 'scope-request';
    const granted = grants && mayGrant(asks, open.state.tasks.get(id)!) ? asks.map(({ entry }) => entry) : [];
    return { ...verdict, granted };
  };
}

/** Whether no attempt at another task was under way at any time of this one. */
function wasAlone(state: RunState, task: string, { startedAt, endedAt }: AttemptState): boolean {
  const others = [...state.tasks.values()].filter(({ seed }) => seed.id !== task).flatMap(({ attempts }) => attempts);
  const meets = (other: AttemptState) =>
    other.startedAt <= (endedAt ?? Number.POSITIVE_INFINITY) &&
    (other.endedAt ?? Number.POSITIVE_INFINITY) >= startedAt;
  return !others.some(meets);
}
