/** A contract file by what it describes; `other`: nothing here knows how to check it. */
export type ContractKind = 'openapi' | 'typescript' | 'python' | 'json-schema' | 'sql' | 'other';

/** One difference between a contract and what implements it, or a fault of the contract itself. */
export interface ContractFinding {
  /** kebab-case and stable: `missing-endpoint`, `wrong-type`. */
  code: string;
  level: 'error' | 'warning' | 'note';
  /**
   * `exact`: by what the code itself says when it runs or is compiled. `advisory`: read off its source, which can be wrong
   * about it; such a finding never fails anything unless the user asks for that.
   */
  basis: 'exact' | 'advisory';
  /** Where the contract says it; lines from 1. `path`: the file in the repository, told where `at` is not. */
  contract: { file: string; line?: number; path?: string };
  /** Where the code does otherwise; a path of the repository. */
  at?: { file: string; line: number };
  /** One sentence. */
  message: string;
  /** On the merged tree: tasks whose doing it may be, the likeliest first. A guess, and shown as one. */
  tasks?: string[];
}

/** What came of checking one contract on one tree. */
export interface ContractCheck {
  /** As its plan or its repository names it: `contracts/api-schema.yaml`. */
  contract: string;
  kind: ContractKind;
  /** `not-checked` is never a pass: nothing was found to check it with, for the reason in `why`. */
  outcome: 'met' | 'broken' | 'not-checked';
  why?: string;
  /** `sha256:…` of the contract file as it was checked. */
  hash: string;
  findings: ContractFinding[];
}
