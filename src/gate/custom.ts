import { oneLine } from '../run/describe.ts';
import type { Evidence } from '../run/event.ts';
import type { CustomFacts, CustomGate, GateVerdict, Judgement } from './gate.ts';

const MAX_SUMMARY = 600;

/** Judges an attempt by the caller's own gates, one after the other. Each gives evidence; the first failure is the attempt's. */
export async function judgeByCustom(gates: readonly CustomGate[], facts: CustomFacts): Promise<Judgement> {
  const judgement: Judgement = { evidence: [], failure: null };
  for (const gate of gates) {
    const { verdict, details, ...said } = checked(gate, await gate.check(facts));
    const summary = oneLine(said.summary, MAX_SUMMARY);
    const evidence: Evidence = { gate: `custom:${gate.name}`, verdict, summary };
    judgement.evidence.push(details === undefined ? evidence : { ...evidence, details });
    if (verdict === 'fail') judgement.failure ??= { code: 'gate', gate: gate.name, message: summary };
  }
  return judgement;
}

/** Not every caller has types. */
function checked({ name }: CustomGate, said: GateVerdict): GateVerdict {
  const { verdict, summary } = (said ?? {}) as Partial<GateVerdict>;
  if (['pass', 'warn', 'fail'].includes(verdict!) && typeof summary === 'string') return said;
  throw new TypeError(
    `the gate ${name} gave no verdict: {verdict: 'pass' | 'warn' | 'fail', summary: string} is needed`,
  );
}
