import type { ContractFinding } from '../finding.ts';
import type { Shape } from './shape.ts';

/** What code says otherwise than a contract, in one sentence; where is up to who asks. */
export interface Difference {
  code: string;
  level: ContractFinding['level'];
  message: string;
  /** Line of the contract. */
  wanted: number;
  /** Line of the code. */
  found: number;
  /** Where that line is, when not in the file of the type. */
  file?: string | undefined;
}

/** An error of a type as a whole. */
export function wrongType(code: string, wanted: Shape, found: Shape, message: string): Difference {
  return { code, level: 'error', message, wanted: wanted.line, found: found.line };
}
