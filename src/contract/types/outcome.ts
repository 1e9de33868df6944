import { listed } from '../../util/listed.ts';
import {
  type Contract,
  type ContractCheck,
  type ContractFinding,
  type ContractKind,
  checked,
  notChecked,
} from '../finding.ts';
import type { Found, Shape } from './shape.ts';

export interface Outcome {
  contract: Contract;
  kind: ContractKind;
  findings: ContractFinding[];
  /** Types of the contract that were compared with code. */
  compared: readonly string[];
  /** Those for which no code was found. */
  missing: readonly { name: string; line: number }[];
  complete: boolean;
  /** Why some could not be compared as they should be; the first reason is told. */
  unknown?: readonly string[];
}

/** A type of the contract with what the code has of its name. */
export interface Pair {
  shape: Shape;
  candidates: readonly Found[];
}

/** The outcome of comparing each type with what was found for it. */
export function outcomeOfPairs(
  { contract, kind, complete }: Pick<Outcome, 'contract' | 'kind' | 'complete'>,
  pairs: readonly Pair[],
  compare: (pair: Pair) => ContractFinding[],
): ContractCheck {
  const compared = pairs.filter(({ candidates }) => candidates.length > 0);
  return outcomeOf({
    contract,
    kind,
    complete,
    compared: compared.map(({ shape }) => shape.name),
    missing: pairs.filter(({ candidates }) => candidates.length === 0).map(({ shape }) => shape),
    findings: compared.flatMap(compare),
  });
}

/** What was compared decides; a type that nothing implements is no pass for the contract, and no breach of it. */
export function outcomeOf({
  contract,
  kind,
  findings,
  compared,
  missing,
  complete,
  unknown = [],
}: Outcome): ContractCheck {
  const names = missing.map(({ name }) => name);
  if (compared.length + missing.length + unknown.length === 0) return notChecked(contract, kind, 'it declares no type');
  if (compared.length === 0 && unknown.length === 0) {
    return notChecked(contract, kind, `nothing in the code is named ${listed(names, 5)}`);
  }
  const all = complete
    ? [...findings, ...missing.map(({ name, line }) => missingType(contract, name, line))]
    : findings;
  const result = checked(contract, kind, all);
  if (result.outcome === 'broken') return result;
  const unseen = findings.find(({ code }) => code === 'unseen-field')?.message;
  const why = unknown[0] ?? unseen;
  if (why !== undefined) return notChecked(contract, kind, why, all);
  if (!complete || missing.length === 0) return result;
  const few = `${names.length} of ${names.length + compared.length} types are nowhere in the code: ${listed(names, 5)}`;
  return notChecked(contract, kind, few, all);
}

function missingType({ path }: Contract, name: string, line: number): ContractFinding {
  return {
    code: 'missing-type',
    level: 'warning',
    basis: 'advisory',
    contract: { file: path, line },
    message: `nothing in the code is named ${name}`,
  };
}
