import type { ContractCheck, ContractFinding } from './contract.ts';

/** What fails: errors beyond doubt, errors of both kinds, or nothing. */
export type ContractPolicy = 'exact' | 'enforce' | 'warn';

/** How far the comparison with the merged tree has come. */
export type ContractsState =
  | { is: 'checking'; commit: string }
  | { is: 'checked'; commit: string; checks: ContractCheck[]; broken: BrokenContract[] };

/** A contract that is broken, as a failure names it. */
export interface BrokenContract {
  contract: string;
  /** The errors that count, one sentence each. */
  errors: string[];
}

/** Errors that are named in a failure. */
const MAX_ERRORS = 20;

/** The contracts whose errors count under a policy. */
export function brokenBy(policy: ContractPolicy, checks: readonly ContractCheck[]): BrokenContract[] {
  return checks.flatMap(({ contract, findings }) => {
    const errors = findings.filter((finding) => counts(policy, finding));
    return errors.length === 0 ? [] : [{ contract, errors: errors.slice(0, MAX_ERRORS).map(findingLine) }];
  });
}

function counts(policy: ContractPolicy, { level, basis }: ContractFinding): boolean {
  if (level !== 'error' || policy === 'warn') return false;
  return basis === 'exact' || policy === 'enforce';
}

/** `contracts/api-schema.yaml:7 (src/app.ts:4): the contract has POST /users, …` */
export function findingLine({ contract, at, message }: ContractFinding): string {
  const line = contract.line === undefined ? contract.file : `${contract.file}:${contract.line}`;
  return `${line}${at ? ` (${at.file}:${at.line})` : ''}: ${message}`;
}

const MAX_SHOWN = 5;

/** Contracts that look broken and those that could not be compared, as lines for people; a failure tells its own story. */
export function contractLines({ contracts }: { contracts: ContractsState | null }): string[] {
  if (contracts?.is !== 'checked') return [];
  const counted = new Set(contracts.broken.map(({ contract }) => contract));
  const lines = contracts.checks.flatMap(({ contract, outcome, why, findings }) => {
    if (outcome === 'not-checked')
      return [`${contract} was not checked: ${why ?? 'nothing was found to check it with'}`];
    if (counted.has(contract)) return [];
    return findings.filter(({ level }) => level === 'error').map(findingLine);
  });
  const rest = lines.length - MAX_SHOWN;
  return rest <= 0 ? lines : [...lines.slice(0, MAX_SHOWN), `and ${rest} more of contracts, which the report names`];
}
