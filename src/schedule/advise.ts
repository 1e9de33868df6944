import type { Advice, AgentAdvice, AgentRoom, PatternVerdict, Reason } from '../run/advice.ts';
import type { TaskId } from '../run/event.ts';
import type { Pattern } from '../run/pattern.ts';
import type { SharedDirectory } from '../scope/directories.ts';

/** What was measured of a plan, its repository and this machine; bytes. */
export interface AdviceFacts {
  /** The one that was asked for; null leaves it open. */
  pattern: Pattern | null;
  /** How many tasks are to run. */
  tasks: number;
  /** The files of the base. */
  tree: { files: number; bytes: number };
  /** Of the disk that worktrees go to; null where the system does not tell. */
  disk: { free: number; floor: number } | null;
  /** Worktrees that stand at the end, and what each takes; `work`: the room that one agent needs to work in. */
  worktrees: { count: number; each: number; work: number };
  /** Steps that install dependencies of the plan. */
  dependencies: number;
  /** Tasks that nothing gives a directory. */
  without: TaskId[];
  shared: SharedDirectory[];
  sandbox: { ok: true; name: string } | { ok: false; message: string };
  /** What in the checkout is in no commit; null when nothing is. */
  uncommitted: { anywhere: string | null; inDirectories: string | null };
  room: AgentRoom;
  /** Pairs of tasks that never run together. */
  exclusive: number;
  /** Most agents that ever work at once when no more than `limit` may. */
  peak(limit: number): number;
}

/** From so many files on, each worktree takes a core for twenty seconds: 0.1 ms a file, measured. */
const LARGE_FILES = 200_000;
/** Or so many bytes. */
const LARGE_BYTES = 5e9;

/**
 * Recommends a pattern and a number of agents; pure. Worktrees, which hold agents apart best, unless they have no room or are
 * dear; then the directories of one checkout, if the system can hold agents to them; then one task after the other.
 */
export function advise(facts: AdviceFacts): Advice {
  const worktrees = worktree(facts);
  const first = isLarge(facts.tree) ? [directory(facts), worktrees] : [worktrees, directory(facts)];
  const patterns = [...first, branch(facts)];
  // Where nothing fits, agents in worktrees start as far as the disk has room.
  const chosen = patterns.find(({ possible }) => possible) ?? worktrees;
  return {
    pattern: chosen.pattern,
    patterns: [chosen, ...patterns.filter((each) => each !== chosen)],
    agents: agentsFor(facts.pattern ?? chosen.pattern, facts),
  };
}

function worktree({ disk, worktrees: { count, each, work: one }, tree, room, tasks }: AdviceFacts): PatternVerdict {
  const reasons: Reason[] = isLarge(tree) ? [{ about: 'tree', ...tree }] : [];
  const work = one * Math.min(tasks, room.cores); // those that are done write no more
  const fits = disk === null || count * each + work <= disk.free - disk.floor;
  if (disk !== null) reasons.push({ about: 'disk', fits, worktrees: count, each, work, ...disk });
  return { pattern: 'worktree', possible: fits, reasons };
}

function directory({ without, shared, dependencies, sandbox, uncommitted }: AdviceFacts): PatternVerdict {
  const against: Reason[] = [];
  const [first] = shared;
  if (without.length > 0) against.push({ about: 'no-directories', tasks: without });
  if (first) against.push({ about: 'shared-directories', pairs: shared.length, first });
  if (dependencies > 0) against.push({ about: 'dependencies', steps: dependencies });
  if (!sandbox.ok) against.push({ about: 'no-sandbox', message: sandbox.message });
  if (uncommitted.inDirectories !== null) against.push({ about: 'uncommitted', what: uncommitted.inDirectories });
  const held: Reason[] = sandbox.ok ? [{ about: 'sandbox', name: sandbox.name }] : [];
  const possible = against.length === 0;
  return { pattern: 'directory', possible, reasons: possible ? held : against };
}

function branch({ uncommitted: { anywhere }, tasks }: AdviceFacts): PatternVerdict {
  const serial: Reason = { about: 'one-at-a-time', tasks };
  if (anywhere === null) return { pattern: 'branch', possible: true, reasons: [serial] };
  return { pattern: 'branch', possible: false, reasons: [{ about: 'uncommitted', what: anywhere }] };
}

function agentsFor(pattern: Pattern, { tasks, room: all, exclusive, peak }: AdviceFacts): AgentAdvice {
  // Without worktrees of their own, agents take no room on the disk to speak of.
  const room = pattern === 'worktree' ? all : { ...all, disk: null };
  if (pattern === 'branch') return { count: 1, limit: 'pattern', room, exclusive };
  const [limit, most] = least(room);
  const count = peak(Math.min(most, tasks));
  return { count, limit: count < most || tasks <= most ? 'plan' : limit, room, exclusive };
}

/** What is short first; one agent may always run. */
function least(room: AgentRoom): [keyof AgentRoom, number] {
  const known = (Object.keys(room) as (keyof AgentRoom)[]).map((name) => [name, room[name]] as const);
  const [name, count] = known.reduce((a, b) => ((b[1] ?? Infinity) < (a[1] ?? Infinity) ? b : a));
  return [name, Math.max(1, Math.floor(count ?? 1))];
}

function isLarge({ files, bytes }: AdviceFacts['tree']): boolean {
  return files >= LARGE_FILES || bytes >= LARGE_BYTES;
}
