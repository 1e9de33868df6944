import type { Prediction } from '../../engine/predict.ts';
import type { Pattern } from '../../run/pattern.ts';
import { listed } from '../../util/listed.ts';
import { formatBytes } from '../../util/size.ts';
import { count } from '../style.ts';
import { columns, duration } from './format.ts';
import { clip } from './width.ts';

export interface Disk {
  /** Bytes of the files of one checkout of the base. */
  tree: number;
  /** Worktrees that stand at the end, the one for validations included. */
  worktrees: number;
  /** Bytes free where they go; null when it is not known. */
  free: number | null;
}

/** The checks that must pass before tasks land; null: none has to. */
export type LandingGate = string[] | null;

/** The schedule of a plan for people: waves, who starts when, branches, worktrees, critical path, makespan, disk. Pure. */
export function scheduleLines(
  prediction: Prediction & { pattern: Pattern; gate: LandingGate },
  disk: Disk | null,
  width: number,
): string[] {
  const { unit, tasks, waves, makespan, peak, criticalPath, exclusive } = prediction;
  const time = (value: number) => (unit === 'ms' ? duration(value) : String(value));
  const most = Math.max(width, 80);
  const agents = new Set(tasks.map((task) => task.agent)).size > 1;
  const rows = tasks.map((task) => [
    clip(`  ${task.id}`, Math.floor(most * 0.4)),
    String(task.wave),
    `${time(task.start)}–${time(task.end)}`,
    ...(agents ? [clip(task.agent, Math.floor(most * 0.25))] : []),
    task.deps.join(', ') || '-',
  ]);
  const header = ['  task', 'wave', unit === 'ms' ? 'time' : 'step', ...(agents ? ['agent'] : []), 'after'];
  const ids = new Set(tasks.map((task) => task.id));
  const lines = [
    `${prediction.plan}: ${count(tasks.length, 'task')} in ${count(waves.filter((wave) => wave.tasks.some((id) => ids.has(id))).length, 'wave')}, at most ${peak} at once`,
    '',
    ...columns([header, ...rows]),
    '',
    ...waves
      .filter((wave) => wave.validation !== null)
      .map((wave) => `wave ${wave.number} is validated by: ${wave.validation}`),
    gateLine(prediction.gate),
    ...exclusiveLine(exclusive),
    `critical path: ${criticalPath.join(' → ')}`,
    unit === 'ms'
      ? `predicted makespan: ${duration(makespan)}, from the durations of earlier runs`
      : `predicted makespan: ${makespan} task ${makespan === 1 ? 'length' : 'lengths'} (no earlier run to learn durations from)`,
    ...(tasks[0] ? placesOf(prediction, tasks[0], agents) : []),
    ...diskLine(disk),
  ];
  return lines.map((line) => clip(line, most));
}

/** Names that differ in the task only are said once. */
function placesOf(
  { plan, pattern }: { plan: string; pattern: Pattern },
  { id, branch, workspace, agent }: Prediction['tasks'][number],
  agents: boolean,
): string[] {
  return [
    ...(agents ? [] : [`agent: ${agent}`]),
    `branches: ${branch.slice(0, -id.length)}<task>, landing on copse/${plan}`,
    pattern === 'worktree'
      ? `worktrees: ${workspace.slice(0, -id.length)}<task>`
      : `workspace: the checkout ${workspace}, ${pattern === 'branch' ? 'one task after the other' : 'each task in its directories'}`,
  ];
}

function gateLine(gate: LandingGate): string {
  if (gate === null) return 'landing: at once; --gate checks has the checks of the project pass first';
  if (gate.length === 0) return 'landing: gated by the checks of the project, of which none is found as yet';
  return `landing: what lands together must pass ${listed(gate, 6)} first`;
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
  const free = disk.free === null ? '' : `, ${formatBytes(disk.free)} free`;
  const worktrees = disk.worktrees === 1 ? 'worktree' : 'worktrees';
  return [`disk: about ${formatBytes(need)} (${disk.worktrees} ${worktrees} of ${formatBytes(disk.tree)}${free})`];
}
