import { type Fault, KINDS, type Suite } from './fault.ts';

/** What came of a language: defects that were named as they should be, and clean variants of which something was said. */
export interface Outcome {
  suite: Suite;
  named: ReadonlySet<Fault>;
  raised: number;
}

/** The table of docs/verification.md: of each kind and language how many were named, of how many. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const cell = ({ suite, named }: Outcome, isOf: (fault: Fault) => boolean) => {
    const seeded = Object.values(suite.faults).flat().filter(isOf);
    return seeded.length === 0 ? '-' : `${seeded.filter((each) => named.has(each)).length} of ${seeded.length}`;
  };
  const rows = KINDS.map((kind) => [kind, ...outcomes.map((each) => cell(each, (fault) => fault.kind === kind))]);
  const all = ['**all**', ...outcomes.map((each) => cell(each, () => true))];
  const clean = [
    'clean variants of which something was said',
    ...outcomes.map(({ suite, raised }) => `${raised} of ${suite.clean.length}`),
  ];
  const head = ['Defect', ...outcomes.map(({ suite }) => suite.language)];
  return [head, head.map(() => '---'), ...rows, all, clean].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
