import { createHash } from 'node:crypto';
import type { ContractCheck, ContractFinding, ContractKind } from '../run/contract.ts';

export type { ContractCheck, ContractFinding, ContractKind };

/** A contract as it was read. */
export interface Contract {
  /** As its plan or its repository names it: `contracts/api-schema.yaml`. */
  path: string;
  text: string;
}

/** It was compared: broken when a finding is an error. */
export function checked({ path, text }: Contract, kind: ContractKind, findings: ContractFinding[]): ContractCheck {
  const broken = findings.some(({ level }) => level === 'error');
  return { contract: path, kind, outcome: broken ? 'broken' : 'met', hash: hashOf(text), findings };
}

/** There was nothing to compare it with, or no way to. `findings` are of the contract itself. */
export function notChecked(
  { path, text }: Contract,
  kind: ContractKind,
  why: string,
  findings: ContractFinding[] = [],
): ContractCheck {
  return { contract: path, kind, outcome: 'not-checked', why, hash: hashOf(text), findings };
}

export function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
