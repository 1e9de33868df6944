import type { Advice } from '../../run/advice.ts';
import { describeAdvice, describeAgents, describeVerdict } from '../../run/describe-advice.ts';
import { wrapWords } from '../style.ts';

const LEFT = 13;

/** The advice with everything it rests on, for people. Pure. */
export function adviceLines(advice: Advice, width: number): string[] {
  const rows = [
    ...advice.patterns.map((verdict) => [verdict.pattern, describeVerdict(verdict)] as const),
    ['agents', describeAgents(advice.agents)] as const,
  ];
  return [
    `advice: ${describeAdvice(advice)}`,
    ...rows.flatMap(([name, text]) =>
      wrapWords(text, Math.max(40, width - LEFT)).map(
        (line, at) => `${(at === 0 ? `  ${name}` : '').padEnd(LEFT)}${line}`,
      ),
    ),
  ];
}
