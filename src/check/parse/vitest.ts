import type { Case } from '../../run/check.ts';
import { caseOf, countBefore, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

/** What vitest and jest write for people: the failing tests with their reports, and how many there were. */
export const vitestText: Parser = (output) => {
  const total = /^ *Tests:? +(?:no tests|(.*?)(?: \(\d+\)|, \d+ total)$)/m.exec(output);
  const files = /^ *(?:Test Files|Test Suites:) +(.*)$/m.exec(output);
  if (!total && !files) return null;
  const jest = /^Test Suites:/m.test(output);
  const cases = distinct(jest ? jestFailures(output) : vitestFailures(output));
  const line = total?.[1] ?? '';
  const skipped = countBefore('skipped', line) + countBefore('todo', line);
  const failed = Math.max(countBefore('failed', line), cases.length);
  return { cases, counts: { passed: countBefore('passed', line), failed, skipped } };
};

/** ` FAIL  a.test.ts > math > breaks`, and ` FAIL  a.test.ts [ a.test.ts ]` for a file that does not load. */
function vitestFailures(output: string): Case[] {
  const parts = output.split(/^ *FAIL +(?:\|[^|\n]*\| +)?(.+)$/m);
  const cases: Case[] = [];
  for (let index = 1; index < parts.length; index += 2) {
    const name = parts[index]!.replace(/ \[ .* \]$/, '').trim();
    const file = name.split(' > ')[0]!;
    const report = parts[index + 1]!.split(/^⎯{5,}/m)[0]!;
    cases.push(failed({ name, file, report }));
  }
  // Tests that fail alike stand above one report.
  for (let index = cases.length - 2; index >= 0; index -= 1) {
    const [each, next] = [cases[index]!, cases[index + 1]!];
    if (each.message === undefined && next.message !== undefined) each.message = next.message;
  }
  return cases;
}

/** `FAIL src/a.test.js`, then `  ● math › breaks` for each. */
function jestFailures(output: string): Case[] {
  return output.split(/^(?=(?:FAIL|PASS) )/m).flatMap((part) => {
    const file = /^FAIL +(\S+)/.exec(part)?.[1];
    if (file === undefined) return [];
    const reports = part.split(/^ {2}● (.+)$/m);
    const cases: Case[] = [];
    for (let index = 1; index < reports.length; index += 2) {
      const name = `${file} > ${reports[index]!.replaceAll(' › ', ' > ')}`;
      cases.push(failed({ name, file, report: reports[index + 1]!.split(/^(?:Test Suites:|Summary of all)/m)[0]! }));
    }
    return cases;
  });
}

function failed({ name, file, report }: { name: string; file: string; report: string }): Case {
  const line = placesIn(report).find((place) => place.file === file)?.line;
  return caseOf({ id: name, name, file, line, outcome: 'failed', message: report });
}

/** jest tells failures again at its end. */
function distinct(cases: Case[]): Case[] {
  return [...new Map(cases.map((each) => [each.id, each])).values()];
}
