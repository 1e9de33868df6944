import type { RunEvent, RunEventBody, RunSettings } from '../../src/run/event.ts';
import type { TaskSeed } from '../../src/run/selection.ts';

/** A small event that is told from others by its number; `size` characters of text make it longer. */
export function noted(number: number, size = 0): RunEventBody {
  return { type: 'task.noted', task: `task-${number}`, note: `note ${number} äöü "quoted"\n${'x'.repeat(size)}` };
}

type Created = Extract<RunEventBody, { type: 'run.created' }>;

interface Beginning {
  settings?: Partial<RunSettings>;
  validated?: readonly number[];
  dependencies?: boolean;
}

/** Settings of a run in which nothing is special. */
export const theSettings: RunSettings = {
  pattern: 'worktree',
  agent: 'command',
  maxConcurrent: 3,
  retries: 1,
  timeoutMs: 1000,
  stallMs: 0,
  barrier: 'none',
  scope: 'warn',
};

/**
 * How a run of these tasks begins, free ones where only ids are given; a wave for each number that occurs.
 * @param validated waves that have a validation
 */
export function runCreated(
  tasks: readonly (string | (Omit<TaskSeed, 'title'> & { title?: string }))[],
  { settings, validated = [], dependencies = false }: Beginning = {},
): Created {
  const seeds = tasks.map((task): TaskSeed => {
    const { id, title = id, wave, deps } = typeof task === 'string' ? { id: task, wave: 1, deps: [] } : task;
    return { id, title, wave, deps };
  });
  const waves = [...new Set(seeds.map(({ wave }) => wave))].sort((a, b) => a - b);
  return {
    type: 'run.created',
    plan: 'p',
    title: 'p',
    planDir: '/p',
    base: 'base',
    target: 'main',
    integrationRef: 'refs/heads/copse/p',
    settings: { ...theSettings, ...settings },
    tasks: seeds,
    waves: waves.map((number) => ({ number, validated: validated.includes(number) })),
    dependencies,
  };
}

/** That this run goes on with all of its tasks. */
export function runOpened({ tasks }: Created): Extract<RunEventBody, { type: 'run.opened' }> {
  return {
    type: 'run.opened',
    pid: 1,
    host: '',
    epoch: 1,
    selection: { tasks: tasks.map(({ id }) => id), skip: [], retry: [] },
  };
}

/** The bodies as a journal would have them, `every` milliseconds apart. */
export function journaled(bodies: readonly RunEventBody[], every = 1): RunEvent[] {
  return bodies.map((body, at) => ({ v: 1, seq: at + 1, at: 1000 + at * every, run: 'r', ...body }));
}
