import { describeFailure } from '../../run/describe.ts';
import { integrationBranch, type RunState, type TaskState } from '../../run/state.ts';

/** What a run showed, as its journal tells it: nothing is said that did not happen. */
export function story(state: RunState): string[] {
  const tasks = [...state.tasks.values()];
  return [
    ...together(tasks),
    ...tasks.flatMap(refused),
    ...tasks.flatMap(built),
    ...validated(state),
    ...landed(state),
  ];
}

/** The most tasks that had an agent at work at one moment. */
function together(tasks: TaskState[]): string[] {
  const starts = tasks.flatMap((task) => task.attempts.map((attempt) => attempt.startedAt));
  const sets = starts.map((at) =>
    tasks.filter((task) =>
      task.attempts.some(({ startedAt, endedAt }) => startedAt <= at && at < (endedAt ?? Number.POSITIVE_INFINITY)),
    ),
  );
  const most = sets.reduce<TaskState[]>((best, set) => (set.length > best.length ? set : best), []);
  if (most.length < 2) return [];
  return [`${names(most)} were written at the same time, each in a worktree of its own`];
}

/** What an agent said of an attempt, and what copse found. */
function refused(task: TaskState): string[] {
  return task.attempts.flatMap(({ number, failure, result }) => {
    if (!failure) return [];
    const claimed = result?.claim?.task_completed === true ? ', though its agent claimed success' : '';
    const next = task.attempts.find((attempt) => attempt.number === number + 1);
    const then = next && !next.failure ? `; attempt ${next.number} was told so in its prompt, and passed` : '';
    return [`attempt ${number} of ${task.seed.id} was refused (${describeFailure(failure)})${claimed}${then}`];
  });
}

function built({ seed, status }: TaskState): string[] {
  if (status.is !== 'integrated' || seed.deps.length === 0) return [];
  return [`${seed.id} began once ${list(seed.deps)} ${seed.deps.length > 1 ? 'were' : 'was'} merged, on top of that`];
}

function validated(state: RunState): string[] {
  const passed = [...state.waves.values()].filter((wave) => wave.status.is === 'validated').length;
  return passed === 0
    ? []
    : [`the tests of ${passed} ${passed === 1 ? 'wave' : 'waves'} ran on the merged tree, not on single branches`];
}

function landed({ landed, integrationRef }: RunState): string[] {
  if (!landed) return [];
  const branch = integrationBranch({ integrationRef });
  return [
    `all of it grew on ${branch}; ${landed.target} was ${HOW[landed.how]} at the end, your checkout was left alone until then`,
  ];
}

const HOW = {
  'fast-forward': 'fast-forwarded',
  merge: 'merged',
  squash: 'given one commit',
  rebase: 'given its commits in a line',
} as const;

const names = (tasks: TaskState[]) => list(tasks.map((task) => task.seed.id));
const list = (items: string[]) => [items.slice(0, -1).join(', '), items.at(-1)].filter(Boolean).join(' and ');
