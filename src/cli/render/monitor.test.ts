import { describe, expect, it } from 'vitest';
import { NO_COST, NO_TOKENS } from '../../run/state.ts';
import type { RunSummary, TaskLabel, TaskSummary } from '../../run/summarize.ts';
import { monitor } from './monitor.ts';
import { displayWidth } from './width.ts';

const row = (id: string, state: TaskLabel, more: Partial<TaskSummary> = {}): TaskSummary => ({
  id,
  title: `Do ${id}`,
  wave: 1,
  state,
  attempt: state === 'waiting' ? 0 : 1,
  elapsedMs: 65_000,
  cost: NO_COST,
  tokens: NO_TOKENS,
  commits: null,
  now: '',
  ...more,
});

function summaryOf(tasks: TaskSummary[], more: Partial<RunSummary> = {}): RunSummary {
  const counts = Object.fromEntries(
    ['waiting', 'running', 'verifying', 'retrying', 'integrated', 'failed', 'blocked', 'skipped', 'unwatched'].map(
      (label) => [label, tasks.filter((task) => task.state === label).length],
    ),
  ) as RunSummary['counts'];
  return {
    run: 'r',
    plan: 'TS-0001-plan',
    title: 'Plan',
    phase: 'open',
    outcome: null,
    createdAt: 0,
    elapsedMs: 125_000,
    counts,
    cost: NO_COST,
    tokens: NO_TOKENS,
    integrationBranch: 'copse/TS-0001-plan',
    target: 'main',
    landed: false,
    checking: null,
    held: null,
    now: 125_000,
    parked: [],
    budget: null,
    limits: { maxUsd: null, maxTokens: null, maxTaskUsd: null },
    waves: [],
    tasks,
    ...more,
  };
}

const TASKS = [
  row('task-001', 'integrated', { commits: 2, cost: { usd: 0.5, source: 'reported' } }),
  row('task-002-with-a-very-long-component', 'running', { now: 'Write 家族/管理.ts' }),
  row('task-003', 'waiting', { now: 'after task-001' }),
];

describe('the monitor', () => {
  it('shows state, attempt, time, cost and commits of each task', () => {
    expect(monitor(summaryOf(TASKS), { columns: 110, rows: 24 })).toEqual([
      'TS-0001-plan  ✓1 integrated  ●1 running  ○1 waiting  2m05',
      '   task                                 state       try  time   cost  commits  now',
      ' ✓ task-001                             integrated    1  1m05  $0.50        2  Do task-001',
      ' ● task-002-with-a-very-long-component  running       1  1m05      -           Write 家族/管理.ts',
      ' ○ task-003                             waiting                                after task-001',
    ]);
  });

  it.each([20, 40, 60, 80, 120, 300])('fits %i columns', (columns) => {
    const lines = monitor(summaryOf(TASKS), { columns, rows: 24 });
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    if (columns >= 80) expect(lines[3]).toContain('Wri');
  });

  it.each([1, 2, 3, 4, 5, 10, 24])('fits %i rows, with those in it that move or need a person', (rows) => {
    const many = Array.from({ length: 50 }, (_, at) => row(`task-${at}`, at < 45 ? 'integrated' : 'waiting'));
    many[40] = row('task-40', 'failed');
    const lines = monitor(summaryOf(many), { columns: 80, rows });
    expect(lines.length).toBeLessThanOrEqual(rows);
    if (rows >= 4) expect(lines.join('\n')).toContain('✗ task-40');
    if (rows >= 10) expect(lines.at(-1)).toMatch(/… and \d+ more/);
  });

  it('says that a run is being stopped, and what Ctrl-C does then', () => {
    const stopping = summaryOf(TASKS, { phase: 'stopping' });
    const size = { columns: 80, rows: 24 };
    expect(monitor(stopping, { ...size, inCharge: true })[1]).toBe(
      'stopping: agents are asked to end; Ctrl-C again ends them at once',
    );
    expect(monitor(stopping, size)[1]).toBe('stopping: agents are asked to end');
  });
});
