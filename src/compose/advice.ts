import { durationsOf } from '../engine/predict.ts';
import { dirtyPaths } from '../git/status.ts';
import { treeSize } from '../git/tree-size.ts';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { runPaths } from '../journal/store.ts';
import { cores, diskAt, probe } from '../machine/probe.ts';
import type { Plan } from '../plan/plan.ts';
import type { Advice, AgentRoom } from '../run/advice.ts';
import { describeAdvice, describeAgents, describeVerdict } from '../run/describe-advice.ts';
import type { RunSettings } from '../run/event.ts';
import type { Hold } from '../run/hold.ts';
import type { Pattern } from '../run/pattern.ts';
import { defaultFloor, roomsIn } from '../schedule/admission.ts';
import { type AdviceFacts, advise } from '../schedule/advise.ts';
import { simulate } from '../schedule/simulate.ts';
import { contains, sharedDirectories } from '../scope/directories.ts';
import { whyNotClean } from '../workspace/branch.ts';
import { agentsOf, memoryOf } from './agents.ts';
import type { Choices } from './choices.ts';
import { findSandboxFor } from './confine.ts';
import type { Surroundings } from './context.ts';
import { checkoutSize, ROOM_TO_WORK, workspaceSize } from './disk.ts';
import { type Outline, outlineOf } from './outline.ts';
import type { Project } from './project.ts';
import type { ReadPlan } from './read-plan.ts';
import type { FoundRun } from './runs.ts';
import { leavesToAuto, settingsOf } from './settings.ts';
import { checkoutOf, directoriesByTask, workspacesRoot } from './workspaces.ts';

/** Agents wait for their model most of the time; their tests and builds do not. */
const AGENTS_PER_CORE = 4;

type Tree = AdviceFacts['tree'];

/**
 * What a run of the plan would begin with, `auto` replaced by what is recommended.
 * @param tree the files of the base; null: no advice is wanted
 */
export async function outlineWithAdvice(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  found: ReadPlan,
  { options, tree }: { options: Choices; tree: Tree | null },
): Promise<{ outline: Outline; advice: Advice | null }> {
  const { config } = project;
  const provisional = settingsOf(config, found.plan, options, null);
  const outline = outlineOf(project, found, { settings: provisional, options });
  if (tree === null) return { outline, advice: null };
  const pattern = options.pattern === 'auto' ? null : (options.pattern ?? null);
  const advice = await adviseRun(context, project, outline, { pattern, tree });
  const settings = settingsOf(config, found.plan, options, advice);
  return { outline: { ...outline, created: { ...outline.created, settings } }, advice };
}

/** The settings of a new run; `advice`: what `auto` was replaced by, and why, which is said as well. */
export async function chooseSettings(
  context: Surroundings,
  project: Project,
  found: ReadPlan,
  options: Choices,
): Promise<{ settings: RunSettings; advice?: Advice }> {
  const { config, repository } = project;
  if (!leavesToAuto(config, found.plan, options)) return { settings: settingsOf(config, found.plan, options, null) };
  const tree = await treeSize(repository.git, repository.head.oid);
  const { outline, advice } = await outlineWithAdvice(context, project, found, { options, tree });
  context.warn(`auto: ${describeAdvice(advice!)}: ${describeVerdict(advice!.patterns[0]!)}`);
  context.warn(`auto: agents: ${describeAgents(advice!.agents)}`);
  return { settings: outline.created.settings, advice: advice! };
}

/** The options of a run that goes on, with the number of agents that is recommended for what is left of it. */
export async function chooseAgents<T extends Choices>(
  context: Surroundings,
  project: Project,
  { id, state }: Pick<FoundRun, 'id' | 'state'>,
  { current, options }: { current: Plan | null; options: T },
): Promise<T> {
  if (options.maxConcurrent !== 'auto') return options;
  const { git, commonDir, head } = project.repository;
  const plan = current ?? readFrozenPlan(runPaths(commonDir, id));
  const integrated = [...state.tasks.values()].filter(({ status }) => status.is === 'integrated');
  const found = { plan, dir: state.planDir };
  const whole = outlineOf(project, found, { settings: state.settings, options: {} });
  const outline = { ...whole, integrated: integrated.map(({ seed }) => seed.id) };
  const tree = await treeSize(git, head.oid);
  const { agents } = await adviseRun(context, project, outline, { pattern: state.settings.pattern, tree });
  context.warn(`auto: agents: ${describeAgents(agents)}`);
  return { ...options, maxConcurrent: agents.count };
}

/**
 * Measures the plan, the repository and the machine, and recommends what to run it with. Changes nothing.
 * @param pattern the one that was asked for, to recommend a number of agents for it
 */
async function adviseRun(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  outline: Outline,
  { pattern, tree }: { pattern: Pattern | null; tree: Tree },
): Promise<Advice> {
  const { config } = project;
  const { plan, created, select, skip, integrated } = outline;
  const selected = new Set(select.filter((task) => !skip.includes(task) && !integrated.includes(task)));
  const directories = directoriesByTask(project, plan);
  const tasks = plan.tasks.map(({ id, deps }) => ({ id, deps, directories: directories.get(id)! }));
  const [sandbox, uncommitted] = await Promise.all([
    findSandboxFor(context, project),
    uncommittedIn(project, outline.planDir, [...directories.values()].flat()),
  ]);
  const disk = diskAt(workspacesRoot(project, plan.name));
  return advise({
    pattern,
    tasks: selected.size,
    tree,
    disk: disk && { free: disk.free, floor: config.limits.minFreeDisk ?? defaultFloor(disk.total) },
    worktrees: { count: selected.size + 1, each: checkoutSize(tree), work: ROOM_TO_WORK }, // one for validations
    dependencies: plan.dependencies.length,
    without: tasks.filter((task) => task.directories.length === 0).map(({ id }) => id),
    shared: sharedDirectories(tasks),
    sandbox: sandbox.ok ? { ok: true, name: sandbox.sandbox.name } : { ok: false, message: sandbox.message },
    uncommitted,
    room: roomFor(context, project, outline, workspaceSize(tree)),
    exclusive: pairsOf(outline, selected),
    peak: (limit) => {
      const settings = { ...created.settings, maxConcurrent: limit };
      const { duration } = durationsOf(plan, outline.known);
      return simulate({ ...outline, created: { ...created, settings }, duration }).peak;
    },
  });
}

function pairsOf({ schedule }: Outline, selected: ReadonlySet<string>): number {
  let pairs = 0;
  for (const [task, others] of schedule.exclusive)
    for (const other of others) if (task < other && selected.has(task) && selected.has(other)) pairs++;
  return pairs;
}

/** As admission sees it when a run begins. */
function roomFor(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  { plan, created }: Outline,
  disk: number,
): AgentRoom {
  const { commonDir } = project.repository;
  const { minFreeMemory, minFreeDisk } = project.config.limits;
  const { settings } = created;
  const taken = memoryOf(plan, settings, agentsOf(context, project));
  const rooms = roomsIn({
    reading: probe([workspacesRoot(project, plan.name), commonDir]),
    needs: { memory: Math.min(taken, settings.taskMemory ?? taken), disk },
    floors: { memory: minFreeMemory ?? null, disk: minFreeDisk ?? null, load: 0 },
    running: 0,
    started: 0,
    promised: 0,
    held: null,
  });
  const roomOf = (resource: Hold['resource']) => {
    const found = rooms.filter(({ hold }) => hold!.resource === resource).map(({ room }) => Math.max(0, room));
    return found.length === 0 ? null : Math.min(...found);
  };
  return {
    memory: roomOf('memory'),
    disk: roomOf('disk'),
    files: roomOf('files'),
    cores: cores() * AGENTS_PER_CORE,
  };
}

async function uncommittedIn(
  project: Project,
  planDir: string,
  directories: readonly string[],
): Promise<AdviceFacts['uncommitted']> {
  const checkout = checkoutOf(project, planDir);
  const anywhere = await whyNotClean(checkout);
  if (anywhere === null) return { anywhere, inDirectories: null };
  const dirty = await dirtyPaths(project.repository.git, { untracked: 'all' });
  const counts = (path: string) =>
    directories.some((directory) => contains(directory, path)) && !checkout.never.some((top) => contains(top, path));
  const found = dirty.find(({ path }) => counts(path));
  return { anywhere, inDirectories: found ? `${found.path} has changes that are in no commit` : null };
}
