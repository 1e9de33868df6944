import type { Ports } from '../engine/ports.ts';
import { judgeByCustom } from '../gate/custom.ts';
import type { AttemptFacts } from '../gate/gate.ts';
import { judgeAttempt } from '../gate/judge.ts';
import { inspectBranchWork } from '../git/inspect.ts';
import { headLogOf } from '../git/worktree.ts';
import type { AttemptState, RunState } from '../run/state.ts';
import { filesToCreate } from '../scope/created.ts';
import type { Escapes } from './escapes.ts';
import { symbolsTouched } from './symbols.ts';
import type { Wiring } from './wiring.ts';
import { insideOf } from './workspaces.ts';

/** Measures what an attempt left and judges it by that. */
export function verifier({ context, project, open, tasks, mask }: Wiring, escapes: Escapes): Ports['verify'] {
  const { repository, config } = project;
  return async (id, attempt) => {
    const result = attempt.result!;
    const task = tasks.get(id)!;
    const { base, branch } = attempt;
    const head = result.head ?? base;
    const measured = await inspectBranchWork(repository.git, {
      base,
      head,
      branch,
      integrated: open.state.tip,
      ...(await headLogOf(repository, { path: attempt.workspace, startedAt: attempt.startedAt })),
      maxFileBytes: config.limits.maxFileSize,
      expected: filesToCreate(task.scope),
      secretsIn: mask.find,
    });
    const facts: AttemptFacts = {
      ...measured,
      task,
      base,
      result,
      alone: wasAlone(open.state, id, attempt),
      planPath: insideOf(repository.root, open.state.planDir),
      policy: open.state.settings.scope,
      allow: config.scope.allow,
      symbols: await symbolsTouched(repository.git, task.scope, { ...measured, head }),
    };
    const judged = judgeAttempt(facts);
    if (judged.failure === null) {
      const place = { attempt: attempt.number, branch, workspace: attempt.workspace };
      const { evidence, failure } = await judgeByCustom(context.parts?.gates ?? [], { ...facts, ...place });
      judged.evidence.push(...evidence);
      judged.failure = failure;
    }
    return escapes.verdict(id, attempt, judged);
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
