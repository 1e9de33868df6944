import { creators } from './creators.ts';
import type { Findings } from './findings.ts';
import type { PlanSource, Task, TaskId } from './plan.ts';
import { unsafePath } from './safety.ts';
import { type Located, show } from './text.ts';

interface Options {
  source: PlanSource;
  found: Findings;
  /** Whether one of two tasks waits for the other. */
  ordered(a: TaskId, b: TaskId): boolean;
  /** As written in the task file, with positions. */
  written: ReadonlyMap<TaskId, readonly Located<string>[]>;
}

/** Looks for every contract: in the plan folder, then in the repository, then among what the tasks create. */
export function checkContracts(tasks: readonly Task[], { source, found, ordered, written }: Options): void {
  const creator = creators(tasks);
  for (const task of tasks) {
    const contracts = written.get(task.id);
    if (!contracts) continue; // a task without a file
    if (contracts.length === 0) {
      found.warning('no-contracts', { file: task.file }, `${task.id} has no contracts`, {
        hint: 'contracts: [contracts/types.py] names the interfaces it must honour',
      });
    }
    for (const { value, line, column } of contracts) {
      const at = { file: task.file, line, column };
      const path = value.replace(/^\.\//, '');
      const reason = unsafePath(path);
      if (reason) {
        found.error('unsafe-path', at, `the contract ${show(value)} ${reason}`, { hint: 'write contracts/types.py' });
        continue;
      }
      if (isThere(path, source)) continue;
      const owner = creator(path);
      if (owner === undefined) {
        found.warning(
          'missing-contract',
          at,
          `the contract ${show(value)} is neither in the plan nor in the repository, and no task creates it`,
        );
      } else if (owner !== task.id && !ordered(task.id, owner)) {
        found.warning(
          'contract-too-late',
          at,
          `the contract ${show(value)} is created by ${owner}, for which ${task.id} does not wait`,
          {
            hint: `add ${owner} to the deps of ${task.id}`,
          },
        );
      }
    }
  }
}

/** Written as `contracts/types.py`, `types.py` or `parallel/<plan>/contracts/types.py`; or a file of the repository. */
function isThere(path: string, { files, name, repositoryHas }: PlanSource): boolean {
  const folder = `${name}/`;
  const inPlan = path.includes(folder) ? path.slice(path.lastIndexOf(folder) + folder.length) : path;
  return files.has(inPlan) || files.has(`contracts/${path}`) || (repositoryHas?.(path) ?? false);
}
