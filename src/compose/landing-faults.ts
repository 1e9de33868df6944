import { fingerprint } from '../check/fingerprint.ts';
import { kindOf } from '../contract/kind.ts';
import { contractsOf } from '../contract/subject.ts';
import { treePaths } from '../git/diff.ts';
import type { CheckFailure, StackCheck } from '../run/check.ts';
import type { Oid, TaskId } from '../run/event.ts';
import { lastAttempt, type RunState } from '../run/state.ts';
import { type TaskWork, workOf } from './changed-by-task.ts';
import { checkMerge } from './merge-faults.ts';
import { checkMergedContracts } from './merged-contracts.ts';
import type { Wiring } from './wiring.ts';

export interface LandingFaults {
  onto: Oid;
  /** What is to land on it. */
  commit: Oid;
  paths: ReadonlySet<string>;
  works: ReadonlyMap<TaskId, TaskWork>;
}

type Parts = Pick<Wiring, 'context' | 'project' | 'open'>;

/**
 * What copse itself finds wrong with what is to land and not with the commit before it: what merging alone has made, and contracts that
 * are broken beyond doubt. Costs nothing where there is nothing to compare.
 */
export async function landingFaults(parts: Parts, asked: LandingFaults): Promise<StackCheck[]> {
  const began = performance.now();
  const found = [await mergeFaults(parts, asked), await contractFaults(parts, asked)];
  const ms = Math.round(performance.now() - began);
  return found.flatMap((check) => (check === null ? [] : [{ ...check, ms }]));
}

async function mergeFaults({ project, open }: Parts, { onto, commit, paths, works }: LandingFaults) {
  const { git } = project.repository;
  const unseen = new Map<TaskId, TaskWork>();
  for (const id of landedUnseen(
    open.state,
    [...works.values()].map(({ base }) => base),
  )) {
    const task = open.state.tasks.get(id)!;
    if (task.status.is !== 'integrated') continue;
    unseen.set(id, await workOf(git, { base: lastAttempt(task)!.base, head: task.status.head }));
  }
  const found = await checkMerge(git, new Map([...unseen, ...works]), { commit, paths });
  if (found === null) return null;
  const before = await checkMerge(git, unseen, { commit: onto, paths: await treePaths(git, onto) });
  return judged(found, before?.failures ?? []);
}

/** Tasks that landed after the oldest of these commits: what began there has not seen them. */
function landedUnseen({ standing, tasks }: RunState, bases: readonly Oid[]): TaskId[] {
  const landed = [...standing.integrated];
  const commits = landed.map((id) => {
    const { status } = tasks.get(id)!;
    return status.is === 'integrated' ? status.commit : null;
  });
  return landed.slice(Math.min(...bases.map((base) => commits.indexOf(base) + 1)));
}

async function contractFaults({ context, project, open }: Parts, { onto, commit, works }: LandingFaults) {
  const { policy = 'exact', openapi } = project.config.contracts;
  const { plan, state } = open;
  const kinds = new Set(plan.contracts.map(kindOf));
  // Of others nothing is beyond doubt.
  const exact = kinds.has('typescript') || (kinds.has('openapi') && openapi.emit !== undefined);
  if (policy === 'warn' || kinds.size === 0 || (policy === 'exact' && !exact)) return null;
  const { signal } = context;
  const on = async (commit: Oid, also: readonly TaskId[]): Promise<CheckFailure[]> => {
    const { broken } = await checkMergedContracts(context, project, { plan, state, commit, also, signal });
    return broken.flatMap(({ contract, errors }) =>
      errors.map((message) => ({ name: contract, message, status: 'new' as const, blame: ownersOf(contract) })),
    );
  };
  const owners = new Map(contractsOf(plan).map(({ path, tasks }) => [path, tasks]));
  const ownersOf = (contract: string) =>
    (owners.get(contract) ?? []).filter((task) => works.has(task)).map((task) => ({ task, file: contract }));
  const failures = await on(commit, [...works.keys()]);
  if (failures.length === 0) return null;
  return judged({ ...BROKEN_CONTRACTS, failures }, await on(onto, []));
}

const BROKEN_CONTRACTS: StackCheck = {
  name: 'contracts',
  kind: 'merge',
  command: 'copse',
  outcome: 'failed',
  exit: null,
  counts: null,
  failures: [],
  ms: 0,
};

/** What was there before is nobody's doing here; lines may have moved. */
function judged(check: StackCheck, before: readonly CheckFailure[]): StackCheck {
  const idOf = ({ name, file = '', message = '' }: CheckFailure) => fingerprint(file, name, message);
  const known = new Set(before.map(idOf));
  const failures = check.failures.map(
    (each): CheckFailure => (known.has(idOf(each)) ? { ...each, status: 'known', blame: [] } : each),
  );
  const isNew = failures.some(({ status }) => status === 'new');
  return { ...check, failures, outcome: isNew ? 'failed' : 'warning' };
}
