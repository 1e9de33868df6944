import { clockTime, describeBudget } from '../../run/describe.ts';
import type { RunSummary, TaskLabel, TaskSummary } from '../../run/summarize.ts';
import { columns, duration, money } from './format.ts';
import { clip, displayWidth } from './width.ts';

const SIGN: Record<TaskLabel, string> = {
  waiting: '○',
  running: '●',
  resolving: '⋈',
  verifying: '◐',
  retrying: '↻',
  parked: '‖',
  integrated: '✓',
  'needs-you': '!',
  failed: '✗',
  blocked: '⊘',
  skipped: '–',
  unwatched: '?',
};

export interface MonitorSize {
  columns: number;
  /** Lines at most; tasks that are done give way first. */
  rows: number;
  /** Ctrl-C here reaches the run itself. */
  inCharge?: boolean;
}

/** The monitor of a run: a head line, then a row a task with state, attempt, elapsed time, cost, commits. Pure. */
export function monitor(summary: RunSummary, size: MonitorSize): string[] {
  const head = headLines(summary, size);
  const shown = choose(summary, Math.max(1, size.rows - head.length - 1));
  const hidden = summary.tasks.length - shown.length;
  const more = hidden > 0 ? [`   … and ${hidden} more`] : [];
  const lines = [...head, ...table(shown, size.columns), ...more];
  return lines.map((line) => clip(line, size.columns)).slice(0, Math.max(1, size.rows));
}

function headLines(summary: RunSummary, { columns: width, inCharge = false }: MonitorSize): string[] {
  const { plan, phase, elapsedMs, cost } = summary;
  const end = [duration(elapsedMs), ...(cost.usd === null ? [] : [money(cost)])].join('  ');
  const long = `${plan}  ${countWords(summary)}  ${end}`;
  const head = displayWidth(long) <= width ? long : `${plan}  ${countLine(summary)}  ${end}`;
  const notes = [...parkedLines(summary, inCharge && phase === 'open'), ...budgetLines(summary)];
  if (phase !== 'stopping')
    return [head, ...notes, ...(summary.held === null ? [] : [`starts are held: ${summary.held}`])];
  return [head, ...notes, `stopping: agents are asked to end${inCharge ? '; Ctrl-C again ends them at once' : ''}`];
}

function parkedLines({ parked, phase, now, counts }: RunSummary, inCharge: boolean): string[] {
  if (phase === 'abandoned' || parked.length === 0) return [];
  const lines = parked.map(({ account, until, text }) => {
    const when =
      until > now ? `parked until ${clockTime(until, now)}, for ${duration(until - now)}` : 'being tried again';
    return `${account} is ${when}: ${text}`;
  });
  const still = counts.running + counts.resolving + counts.verifying === 0 && parked.every(({ until }) => until > now);
  return still && inCharge ? [...lines, 'it goes on by itself; sooner: Ctrl-C, then copse resume --now'] : lines;
}

function budgetLines({ budget }: RunSummary): string[] {
  return budget === null ? [] : [`paused: the budget is reached, ${describeBudget(budget)}`];
}

/** Narrow terminals keep the columns that change; ids and what an agent does now share what is left. */
function table(tasks: readonly TaskSummary[], width: number): string[] {
  const costs = width >= 100 || tasks.some((task) => task.cost.usd !== null);
  const idWidth = Math.max(12, Math.min(48, Math.floor(width * 0.35)));
  const rows = tasks.map((task) => {
    const started = task.attempt > 0;
    return [
      clip(` ${SIGN[task.state]} ${task.id}`, idWidth),
      task.state,
      started ? String(task.attempt) : '',
      started ? duration(task.elapsedMs) : '',
      ...(costs ? [started ? money(task.cost) : ''] : []),
      task.commits === null ? '' : String(task.commits),
      task.now || task.title,
    ];
  });
  const header = ['   task', 'state', 'try', 'time', ...(costs ? ['cost'] : []), 'commits', 'now'];
  return columns([header, ...rows], new Set(costs ? [2, 3, 4, 5] : [2, 3, 4]));
}

/** `✓3 ●2 ○4`: how many tasks are in which state. */
export function countLine(summary: RunSummary): string {
  return labelsOf(summary)
    .map((label) => `${SIGN[label]}${summary.counts[label]}`)
    .join(' ');
}

/** The same with words, for who sees the signs for the first time: `✓3 integrated  ●2 running`. */
function countWords(summary: RunSummary): string {
  return labelsOf(summary)
    .map((label) => `${SIGN[label]}${summary.counts[label]} ${label}`)
    .join('  ');
}

function labelsOf({ counts }: RunSummary): TaskLabel[] {
  const order: TaskLabel[] = [
    'integrated',
    'running',
    'resolving',
    'verifying',
    'retrying',
    'parked',
    'waiting',
    'needs-you',
    'failed',
    'blocked',
    'skipped',
    'unwatched',
  ];
  return order.filter((label) => counts[label] > 0);
}

/** All tasks in the order of the plan where there is room; else those that move or need a person first. */
function choose(summary: RunSummary, room: number): RunSummary['tasks'] {
  if (summary.tasks.length <= room) return summary.tasks;
  const rank: Record<TaskLabel, number> = {
    'needs-you': 0,
    failed: 0,
    unwatched: 0,
    running: 1,
    resolving: 1,
    verifying: 1,
    retrying: 2,
    parked: 2,
    blocked: 3,
    waiting: 4,
    integrated: 5,
    skipped: 6,
  };
  const kept = new Set(summary.tasks.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, Math.max(1, room - 1)));
  return summary.tasks.filter((task) => kept.has(task));
}
