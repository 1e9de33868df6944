import type { Case } from '../../run/check.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

/** `cargo test`: results, then what failing tests wrote. */
export const cargo: Parser = (output) => {
  if (!/^running \d+ tests?$/m.test(output)) return null;
  const reports = new Map(
    [...output.matchAll(/^---- (.+?) stdout ----\n([\s\S]*?)(?=^---- |^failures:$)/gm)].map(([, name, text]) => [
      name!,
      text!,
    ]),
  );
  const cases: Case[] = [];
  let target = '';
  for (const line of output.split('\n')) {
    target = /^ +(?:Running (?:unittests )?|Doc-tests )(\S+)/.exec(line)?.[1] ?? target;
    const [, name, word] = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/.exec(line) ?? [];
    if (name === undefined) continue;
    const outcome = word === 'ok' ? 'passed' : word === 'FAILED' ? 'failed' : 'skipped';
    const message = outcome === 'failed' ? reports.get(name) : undefined;
    cases.push(caseOf({ id: `${target} ${name}`.trim(), name, outcome, message, ...placesIn(message ?? '')[0] }));
  }
  return { cases, counts: countsOf(cases) };
};
