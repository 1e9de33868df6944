import type { ContractCheck } from '../run/contract.ts';
import type { Evidence } from '../run/event.ts';
import type { Violation } from '../scope/scope.ts';
import type { Check } from './stack.ts';

/** One item of a checklist. `command`: null where it is for people, or a threshold. */
export interface ReportItem {
  text: string;
  command: string | null;
  result: Check;
  why?: string;
}

/** What gates keep beside their summary, as far as a report tells of it. */
interface Details {
  scope: { violations?: Violation[] };
  compliance: { checks?: ContractCheck[] };
  checklist: { items?: ReportItem[] };
}

/** What a gate kept of an attempt; nothing where it did not judge it. */
export function detailsOf<G extends keyof Details>(
  attempt: { evidence: readonly Evidence[] } | undefined,
  gate: G,
): Details[G] {
  const found = attempt?.evidence.find((each) => each.gate === gate);
  return (found?.details as Details[G] | undefined) ?? {};
}
