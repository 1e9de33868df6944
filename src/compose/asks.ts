import { contractPaths } from '../gate/scope.ts';
import type { Task } from '../plan/plan.ts';
import { unsafePath } from '../plan/safety.ts';
import { spelledOut } from '../plan/spelled.ts';
import type { AttemptResult } from '../run/event.ts';
import type { AskedEntry } from '../run/failure.ts';
import type { RunState } from '../run/state.ts';
import { SENSITIVE_FILES } from '../scope/allow.ts';
import { entryFrom, extendScope, isOwnedBy, isWalled, mayWrite } from '../scope/extend.ts';
import { covers } from '../scope/match.ts';
import type { ScopeEntry } from '../scope/scope.ts';

interface Whose {
  task: Task;
  /** All tasks of the plan, with what was granted to them. */
  tasks: readonly Task[];
  planPath: string | null;
  state: RunState;
}

/** Entries that a task may be granted in a run: an agent that asks for ever more does not know its task. */
const MAX_GRANTED = 20;

/** The task with what it was granted so far. */
export function withGrants(task: Task, state: Pick<RunState, 'tasks'>): Task {
  const granted = state.tasks.get(task.id)?.granted ?? [];
  return granted.length === 0 ? task : { ...task, scope: extendScope(task.scope, granted) };
}

/** What an agent asks to write that its task may not, and whether somebody must decide about it. What is no safe path is no request. */
export function asksOf({ claim }: AttemptResult, whose: Whose): AskedEntry[] {
  const asked = new Map((claim?.scope_request ?? []).map(({ path, reason }) => [path, reason]));
  return [...asked].flatMap(([text, reason]) => {
    const entry = entryFrom(text);
    if (spelledOut(entry.pattern).some((path) => unsafePath(path) !== null)) return [];
    if (mayWrite(whose.task.scope, entry)) return [];
    return [{ entry: written(entry), reason, held: heldBy(entry, whose) }];
  });
}

/** Whether policy `grant` may give all of it: single files that nobody else owns. */
export function mayGrant(asks: readonly AskedEntry[], { granted }: { granted: readonly string[] }): boolean {
  const isFile = ({ entry }: AskedEntry) => !/[*?[\]{}]|\/$/.test(entryFrom(entry).pattern);
  const fits = granted.length + asks.length <= MAX_GRANTED;
  return asks.length > 0 && fits && asks.every((ask) => ask.held === null && isFile(ask));
}

/** Why only a person can grant it. */
export function heldBy(entry: ScopeEntry, { task, tasks, planPath, state }: Whose): AskedEntry['held'] {
  const inside = (folder: string) => entry.pattern === folder || entry.pattern.startsWith(`${folder}/`);
  if ([...(planPath ? [planPath] : []), ...contractPaths(task)].some(inside)) return { by: 'plan' };
  if (isWalled(task.scope, entry)) return { by: 'boundary' };
  const owner = tasks.find((other) => other.id !== task.id && isOwnedBy(other.scope, entry));
  if (owner) return { by: 'task', task: owner.id };
  if (SENSITIVE_FILES.some((pattern) => covers(pattern, entry.pattern))) return { by: 'sensitive' };
  return state.settings.pattern === 'directory' ? { by: 'pattern' } : null;
}

function written({ pattern, symbol }: ScopeEntry): string {
  return symbol === undefined ? pattern : `${pattern}::${symbol}`;
}
