import type { Plan } from '../plan/plan.ts';
import { unsafePath } from '../plan/safety.ts';
import { spelledOut } from '../plan/spelled.ts';
import { show } from '../plan/text.ts';
import type { Config } from '../project/config.ts';
import type { TaskId } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { resolveTask } from '../schedule/select.ts';
import { entryFrom } from '../scope/extend.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { heldBy, withGrants } from './asks.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { insideOf } from './workspaces.ts';

/** What a person lets a task write besides its scope. */
export interface Grant {
  task: TaskId;
  entries: string[];
}

/**
 * Reads `task-003:src/a.ts`, `003:src/a.ts::Order`, and `task-003` for all that it asks for. Refuses what would be of no use: a
 * task that is in already, a path that is none or that the task's own BOUNDARY covers.
 */
export function readGrants(
  { warn }: Pick<Surroundings, 'warn'>,
  project: Project,
  { plan, state }: { plan: Plan; state: RunState },
  typed: readonly string[],
): Grant[] {
  const tasks = plan.tasks.map((task) => withGrants(task, state));
  const { directories } = project.config;
  const planPath = insideOf(project.repository.root, state.planDir);
  return typed.map((text) => {
    const at = text.indexOf(':');
    const name = at < 0 ? text : text.slice(0, at);
    const id = resolveTask([...state.tasks.keys()], name, '--grant');
    const entries = at < 0 ? askedBy(state, id) : [text.slice(at + 1).trim()];
    const { status } = state.tasks.get(id)!;
    if (status.is === 'integrated') throw useless(`${id} is integrated already`, 'copse status');
    const task = tasks.find((each) => each.id === id)!;
    for (const entry of entries) check(entry, { task, tasks, planPath, state }, { warn, directories });
    return { task: id, entries };
  });
}

function check(
  text: string,
  whose: Parameters<typeof heldBy>[1],
  { warn, directories }: Pick<Surroundings, 'warn'> & Pick<Config, 'directories'>,
): void {
  const { task } = whose;
  const entry = entryFrom(text);
  const unsafe = spelledOut(entry.pattern)
    .map(unsafePath)
    .find((reason) => reason !== null);
  if (unsafe) throw useless(`the path ${show(text)} ${unsafe}`, `copse resume --grant ${task.id}:src/file.ts`);
  const held = heldBy(entry, whose);
  if (held?.by === 'boundary')
    throw useless(
      `${show(text)} is in the BOUNDARY of ${task.id}, which wins over what is granted`,
      `take it out in ${task.file}`,
    );
  if (held?.by === 'plan')
    throw useless(`${show(text)} is of the plan or a contract, which no task changes`, `edit it yourself`);
  if (held?.by === 'pattern' && directories[task.id] !== undefined)
    throw useless(`the directories of ${task.id} are fixed in the config`, `add that of ${show(text)} to them`);
  if (held?.by === 'task') warn(`${show(text)} is owned by ${held.task}, too: the two never run at once`);
}

/** All that its last attempt asked for. */
function askedBy({ tasks }: RunState, id: TaskId): string[] {
  const { status } = tasks.get(id)!;
  if (status.is === 'failed' && status.failure.code === 'scope-request')
    return status.failure.requests.map(({ entry }) => entry);
  throw useless(`${id} asks for nothing`, `name what it may write: copse resume --grant ${id}:src/file.ts`);
}

function useless(message: string, hint: string): Refusal {
  return new Refusal('bad-grant', message, { exit: EXIT.usage, where: '--grant', hint });
}
