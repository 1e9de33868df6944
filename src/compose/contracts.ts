import { checkContract } from '../contract/check.ts';
import type { CheckOptions } from '../contract/checker.ts';
import { type Contract, type ContractCheck, hashOf, notChecked } from '../contract/finding.ts';
import { kindOf } from '../contract/kind.ts';
import { contractsOf, type Subject } from '../contract/subject.ts';
import type { SourceTree } from '../contract/tree.ts';
import type { AttemptFacts } from '../gate/gate.ts';
import { commitFiles } from '../git/commit-files.ts';
import { fileAt } from '../git/diff.ts';
import type { Git } from '../git/git.ts';
import type { Plan, TaskId } from '../plan/plan.ts';
import type { Oid } from '../run/event.ts';
import { compileGlob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';

/** Findings of one contract that are kept in the journal. */
const MAX_FINDINGS = 100;

export interface Comparison {
  git: Git;
  plan: Plan;
  /** What the contracts are compared with. */
  commit: Oid;
  /** Of these tasks only; default all. */
  only?: TaskId;
  /** Whether all tasks of a contract are in. */
  isComplete(tasks: readonly TaskId[]): boolean;
  /** What only the merged tree has. */
  more?: Pick<CheckOptions, 'emitted' | 'worktree' | 'judge'>;
}

/** Compares the contracts of a plan with one commit. What nothing here can compare costs nothing. */
export async function compareContracts(comparison: Comparison): Promise<ContractCheck[]> {
  const { git, plan, commit, only } = comparison;
  const subjects = contractsOf(plan).filter(({ tasks }) => only === undefined || tasks.includes(only));
  if (subjects.length === 0) return [];
  const contracts = await withTexts(git, commit, subjects);
  const siblings = plan.contracts;
  let files: Promise<SourceTree> | null = null;
  const tree = () => {
    files ??= commitFiles(git, commit);
    return files;
  };
  const checks: ContractCheck[] = [];
  for (const { contract, tasks } of contracts) {
    const options = {
      ...comparison.more,
      siblings,
      complete: comparison.isComplete(tasks),
      isOwn: scopeOf(plan, tasks),
    };
    checks.push(await checkOne(contract, tree, options));
  }
  return checks;
}

/** A fault of ours is no fault of the code: the contract is not checked, and the run goes on. */
async function checkOne(
  contract: Contract,
  tree: () => Promise<SourceTree>,
  options: CheckOptions,
): Promise<ContractCheck> {
  try {
    const isKnown = kindOf(contract) !== 'other' && contract.text.trim() !== '';
    const check = await checkContract(contract, isKnown ? await tree() : NO_TREE, options);
    const { findings } = check;
    return findings.length <= MAX_FINDINGS ? check : { ...check, findings: mostImportant(findings) };
  } catch (error) {
    return notChecked(contract, kindOf(contract), `a bug in copse: ${(error as Error).message}`);
  }
}

const NO_TREE: SourceTree = { files: () => [], read: async () => null, holding: async () => [] };

function mostImportant(findings: ContractCheck['findings']): ContractCheck['findings'] {
  const levels = ['error', 'warning', 'note'] as const;
  return levels.flatMap((level) => findings.filter((each) => each.level === level)).slice(0, MAX_FINDINGS);
}

async function withTexts(git: Git, commit: Oid, subjects: readonly Subject[]) {
  const found: { contract: Contract; tasks: TaskId[] }[] = [];
  for (const { path, text, tasks } of subjects) {
    const read = text ?? (await fileAt(git, commit, path))?.toString('utf8');
    if (read !== undefined) found.push({ contract: { path, text: read }, tasks });
  }
  return found;
}

/** Whether a path is in the scope of one of these tasks. */
function scopeOf({ tasks }: Plan, ids: readonly TaskId[]): (path: string) => boolean {
  const scopes = tasks.filter(({ id }) => ids.includes(id)).flatMap(({ scope }) => [...scope.create, ...scope.modify]);
  const globs = scopes.map(({ pattern }) => compileGlob(pattern));
  return (path) => globs.some((glob) => globCovers(glob, path));
}

/** The contracts that no task may change, by their paths in the repository. */
export function lockedContracts(plan: Plan, planPath: string | null): AttemptFacts['contracts'] {
  const folder = (planPath ?? '').replace(/\/+$/, '').replace(/^\.$/, '');
  return contractsOf(plan).map(({ path, text, tasks }) => {
    const name = path;
    if (text === null) return { path, name, tasks, hash: null };
    // A plan outside of the repository has no path in it.
    const inside = planPath === null ? '' : folder === '' ? path : `${folder}/${path}`;
    return { path: inside, name, tasks, hash: hashOf(text) };
  });
}
