import type { Contract, ContractCheck } from './finding.ts';
import type { SourceTree } from './tree.ts';

export interface CheckOptions {
  /**
   * Every task that names the contract is in the tree. Until then what is missing may be the part of another task, and is
   * not told.
   */
  complete: boolean;
}

/** Compares one contract with the code that should honour it. Whatever it finds is data. */
export type Checker = (contract: Contract, tree: SourceTree, options: CheckOptions) => Promise<ContractCheck>;
