import type { Plan, Task, TaskId } from '../plan/plan.ts';
import { compileGlob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';

/** A contract of a plan, and who works by it. */
export interface Subject {
  /** In the plan folder (`contracts/api-schema.yaml`), or in the repository. */
  path: string;
  /** Null: a file of the repository, read from each tree. */
  text: string | null;
  /** Tasks that name it. */
  tasks: TaskId[];
}

/**
 * The contracts of a plan: the files in its folder, named or not, and files of the repository that tasks name and none of them
 * writes (who writes it makes code, not a contract).
 */
export function contractsOf(plan: Plan): Subject[] {
  const subjects = new Map<string, Subject>(plan.contracts.map(({ path, text }) => [path, { path, text, tasks: [] }]));
  const writes = plan.tasks.flatMap(writtenBy);
  for (const task of plan.tasks) {
    for (const written of task.contracts) {
      const path = inPlan(written, plan) ?? written.replace(/^(?:\.\/)+/, '');
      const known = subjects.get(path);
      if (known) known.tasks.push(task.id);
      else if (!writes.some((glob) => globCovers(glob, path)))
        subjects.set(path, { path, text: null, tasks: [task.id] });
    }
  }
  return [...subjects.values()];
}

/** Written as `contracts/types.py`, `types.py` or `parallel/<plan>/contracts/types.py`. */
function inPlan(written: string, { name, contracts }: Plan): string | null {
  const path = written.replace(/^(?:\.\/)+/, '');
  const folder = `${name}/`;
  const inside = path.includes(folder) ? path.slice(path.lastIndexOf(folder) + folder.length) : path;
  const found = contracts.find((each) => each.path === inside || each.path === `contracts/${inside}`);
  return found?.path ?? null;
}

function writtenBy({ scope }: Task) {
  return [...scope.create, ...scope.modify].map(({ pattern }) => compileGlob(pattern));
}
