import type { RunSummary, TaskLabel } from '../../run/summarize.ts';
import { clip, columns, duration, money } from './format.ts';

const SIGN: Record<TaskLabel, string> = {
  waiting: '○',
  running: '●',
  verifying: '◐',
  retrying: '↻',
  integrated: '✓',
  failed: '✗',
  blocked: '⊘',
  skipped: '–',
  lost: '?',
};

export interface MonitorSize {
  columns: number;
  /** Lines at most; tasks that are done give way first. */
  rows: number;
}

/** The monitor of a run: a head line, then a row a task with state, attempt, elapsed time, cost, commits. Pure. */
export function monitor(summary: RunSummary, size: MonitorSize): string[] {
  const head = [
    summary.plan,
    countLine(summary),
    duration(summary.elapsedMs),
    ...(summary.cost.usd === null ? [] : [money(summary.cost)]),
  ].join('  ');
  const shown = choose(summary, Math.max(1, size.rows - 3));
  const rows = shown.map((task) => [
    ` ${SIGN[task.state]} ${task.id}`,
    task.state,
    task.attempt > 0 ? String(task.attempt) : '',
    task.attempt > 0 ? duration(task.elapsedMs) : '',
    task.attempt > 0 ? money(task.cost) : '',
    task.commits === null ? '' : String(task.commits),
    task.now || task.title,
  ]);
  const header = ['   task', 'state', 'try', 'time', 'cost', 'commits', 'now'];
  const lines = columns([header, ...rows], new Set([2, 3, 4, 5]));
  const hidden = summary.tasks.length - shown.length;
  const more = hidden > 0 ? [`   … and ${hidden} more`] : [];
  return [head, ...lines, ...more].map((line) => clip(line, size.columns));
}

/** `✓3 ●2 ○4`: how many tasks are in which state. */
export function countLine({ counts }: RunSummary): string {
  const order = Object.keys(SIGN) as TaskLabel[];
  return order
    .filter((label) => counts[label] > 0)
    .map((label) => `${SIGN[label]}${counts[label]}`)
    .join(' ');
}

/** All tasks in the order of the plan where there is room; else those that move or need a person first. */
function choose(summary: RunSummary, room: number): RunSummary['tasks'] {
  if (summary.tasks.length <= room) return summary.tasks;
  const rank: Record<TaskLabel, number> = {
    failed: 0,
    lost: 0,
    running: 1,
    verifying: 1,
    retrying: 2,
    blocked: 3,
    waiting: 4,
    integrated: 5,
    skipped: 6,
  };
  const kept = new Set(summary.tasks.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, room - 1));
  return summary.tasks.filter((task) => kept.has(task));
}
