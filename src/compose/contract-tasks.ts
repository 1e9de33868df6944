import type { ContractCheck, ContractFinding } from '../contract/finding.ts';
import { contractsOf } from '../contract/subject.ts';
import type { Git } from '../git/git.ts';
import type { Plan, Task } from '../plan/plan.ts';
import type { Oid, TaskId } from '../run/event.ts';
import type { RunState } from '../run/state.ts';
import { changedByTask, writersOf } from './changed-by-task.ts';

export interface Merged {
  plan: Plan;
  state: RunState;
  commit: Oid;
  /** Of the plan folder in the repository; null when it lies outside. */
  planPath: string | null;
}

/**
 * Says of each difference whose doing it may be: of whoever wrote the line, else of whoever names the contract. A line that no task
 * has touched is nobody's doing.
 */
export async function withTasks(git: Git, checks: readonly ContractCheck[], merged: Merged): Promise<ContractCheck[]> {
  if (!checks.some(({ findings }) => findings.some(isTold))) return [...checks];
  const work = await changedByTask(git, merged.state);
  const named = new Map(
    contractsOf(merged.plan).map(({ path, text, tasks }) => [path, { isOfPlan: text !== null, tasks }]),
  );
  const told = async (finding: ContractFinding): Promise<ContractFinding> => {
    if (!isTold(finding)) return finding;
    const { at, contract } = finding;
    const subject = named.get(contract.file);
    const owners = OF_THE_CONTRACT.has(finding.code) ? [] : ownersOf(finding, subject?.tasks ?? [], merged.plan);
    const tasks = isAbsent(finding) || !at ? owners : await writersOf(git, work, { commit: merged.commit, ...at });
    const path = subject?.isOfPlan ? inRepository(merged.planPath, contract.file) : contract.file;
    return { ...finding, ...(!at && path !== null && { contract: { ...contract, path } }), tasks };
  };
  const result: ContractCheck[] = [];
  for (const check of checks) result.push({ ...check, findings: await Promise.all(check.findings.map(told)) });
  return result;
}

const isTold = ({ level }: ContractFinding) => level !== 'note';

/** What is wrong with the contract itself is no task's doing: nobody may change it. */
const OF_THE_CONTRACT = new Set(['invalid-openapi', 'bad-schema', 'contract-error', 'no-emitted-document']);

/** Nothing that is there is wrong: whoever was to write it did not. */
const isAbsent = ({ code }: ContractFinding) => code === 'missing-endpoint' || code === 'missing-type';

/** Tasks that name the contract; those first, and alone, that speak of what is missing. */
function ownersOf({ message }: ContractFinding, tasks: readonly TaskId[], plan: Plan): TaskId[] {
  if (tasks.length < 2) return [...tasks];
  const words = wordsOf(message);
  const speaking = plan.tasks.filter((task) => tasks.includes(task.id) && words.some((word) => speaksOf(task, word)));
  return speaking.length > 0 ? speaking.map(({ id }) => id) : [...tasks];
}

/** `/orders/{id}` of `no endpoint for GET /orders/{id} was found` as it is and as `order`; `User` of `nothing in the code is named User`. */
function wordsOf(message: string): string[] {
  const path = /[A-Z]+ (\/\S*)/.exec(message)?.[1];
  const name =
    path?.split('/').find((part) => /^[a-z]/i.test(part) && part !== 'api') ?? /named (\w+)/.exec(message)?.[1];
  return name === undefined ? [] : [name.replace(/(?:ies|es|s)$/, '').toLowerCase()];
}

function speaksOf({ title, scope, objective, requirements }: Task, word: string): boolean {
  const files = [...scope.create, ...scope.modify].map(({ pattern }) => pattern);
  return [title, objective, requirements, ...files].some((text) => text.toLowerCase().includes(word));
}

function inRepository(planPath: string | null, file: string): string | null {
  if (planPath === null) return null;
  return planPath === '' || planPath === '.' ? file : `${planPath.replace(/\/+$/, '')}/${file}`;
}
