import type { Plan } from '../plan/plan.ts';
import { brokenBy, findingLine } from '../run/broken.ts';
import type { ContractCheck } from '../run/contract.ts';
import { listed, oneLine } from '../run/describe.ts';
import type { Evidence, Oid, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { compareContracts } from './contracts.ts';
import type { Project } from './project.ts';

/** Findings of one contract that are kept as evidence. */
const MAX_FINDINGS = 20;
const MAX_SUMMARY = 600;

/**
 * Compares the contracts that a task names with the branch of one attempt: early, before others build on it. What is missing may
 * be the part of another task, and is told only when no other names the contract. Null when nothing could be compared.
 */
export async function compliance(
  { project, open }: { project: Project; open: { plan: Plan } },
  { task, head }: { task: TaskId; head: Oid },
): Promise<{ evidence: Evidence; failure: Failure | null } | null> {
  const checks = await compareContracts({
    git: project.repository.git,
    plan: open.plan,
    commit: head,
    only: task,
    isComplete: (tasks) => tasks.length === 1,
  });
  const compared = checks.filter(({ outcome }) => outcome !== 'not-checked');
  if (compared.length === 0) return null;
  const broken = brokenBy(project.config.contracts.policy ?? 'exact', compared);
  const failure: Failure | null = broken.length > 0 ? { code: 'contract-broken', contracts: broken } : null;
  return {
    evidence: { ...verdictOf(compared, failure), gate: 'compliance', details: { checks: kept(compared) } },
    failure,
  };
}

function verdictOf(checks: readonly ContractCheck[], failure: Failure | null): Pick<Evidence, 'verdict' | 'summary'> {
  const errors = checks.flatMap(({ findings }) => findings.filter(({ level }) => level === 'error'));
  if (errors.length === 0) {
    const names = listed(
      checks.map(({ contract }) => contract),
      3,
    );
    return { verdict: 'pass', summary: oneLine(`what was found of ${names} is as it says`, MAX_SUMMARY) };
  }
  const what = listed(errors.map(findingLine), 3);
  const summary = failure ? `breaks a contract: ${what}` : `looks as if it broke a contract: ${what}`;
  return { verdict: failure ? 'fail' : 'warn', summary: oneLine(summary, MAX_SUMMARY) };
}

function kept(checks: readonly ContractCheck[]) {
  return checks.map((check) => ({ ...check, findings: check.findings.slice(0, MAX_FINDINGS) }));
}
