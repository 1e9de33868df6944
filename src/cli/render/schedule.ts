import type { Prediction } from '../../engine/predict.ts';
import { bytes, columns, duration } from './format.ts';
import { clip } from './width.ts';

export interface Disk {
  /** Bytes of the files of one checkout of the base. */
  tree: number;
  /** Worktrees that stand at the end, the one for validations included. */
  worktrees: number;
  /** Bytes free where they go; null when it is not known. */
  free: number | null;
}

/** The schedule of a plan for people: waves, who starts when, branches, worktrees, critical path, makespan, disk. Pure. */
export function scheduleLines(prediction: Prediction, disk: Disk | null, width: number): string[] {
  const { unit, tasks, waves, makespan, peak, criticalPath, exclusive } = prediction;
  const time = (value: number) => (unit === 'ms' ? duration(value) : String(value));
  const rows = tasks.map((task) => [
    `  ${task.id}`,
    String(task.wave),
    `${time(task.start)}–${time(task.end)}`,
    task.deps.join(', ') || '-',
    task.agent,
    task.branch,
  ]);
  const header = ['  task', 'wave', unit === 'ms' ? 'time' : 'step', 'after', 'agent', 'branch'];
  const ids = new Set(tasks.map((task) => task.id));
  const lines = [
    `${prediction.plan}: ${tasks.length} tasks in ${waves.filter((wave) => wave.tasks.some((id) => ids.has(id))).length} waves, at most ${peak} at once`,
    '',
    ...columns([header, ...rows]),
    '',
    ...waves
      .filter((wave) => wave.validation !== null)
      .map((wave) => `wave ${wave.number} is validated by: ${wave.validation}`),
    ...exclusiveLine(exclusive),
    `critical path: ${criticalPath.join(' → ')}`,
    unit === 'ms'
      ? `predicted makespan: ${duration(makespan)}, from the durations of earlier runs`
      : `predicted makespan: ${makespan} task lengths (no earlier run to learn durations from)`,
    ...(tasks[0] ? [`worktrees: ${tasks[0].workspace.replace(/[^/\\]+$/, '')}<task>`] : []),
    ...diskLine(disk),
  ];
  return lines.map((line) => clip(line, Math.max(width, 80)));
}

function exclusiveLine(pairs: [string, string][]): string[] {
  if (pairs.length === 0) return [];
  const shown = pairs.slice(0, 8).map(([a, b]) => `${a} × ${b}`);
  const more = pairs.length > 8 ? ` and ${pairs.length - 8} more pairs` : '';
  return [`never at the same time (scopes meet, or conflicts:): ${shown.join(', ')}${more}`];
}

function diskLine(disk: Disk | null): string[] {
  if (!disk) return [];
  const need = disk.tree * disk.worktrees;
  const free = disk.free === null ? '' : `, ${bytes(disk.free)} free`;
  return [`disk: about ${bytes(need)} (${disk.worktrees} worktrees of ${bytes(disk.tree)}${free})`];
}
