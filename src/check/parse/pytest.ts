import type { Case } from '../../run/check.ts';
import { caseOf, countBefore, type Parser } from './parser.ts';

const OUTCOMES: Record<string, Case['outcome']> = {
  PASSED: 'passed',
  XPASS: 'passed',
  FAILED: 'failed',
  ERROR: 'failed',
  XFAIL: 'skipped',
};
const RESULT = /^(PASSED|FAILED|ERROR|XFAIL|XPASS) (\S+\.py(?:::(?:[^[]|\[.*?\](?= - |$))+?)?|\S+)(?: - (.*))?$/;
const SUMMARY =
  /^=* ?((?:\d+ (?:failed|passed|skipped|deselected|xfailed|xpassed|warnings?|errors?|rerun)(?:, )?)+) in [\d.:]+.*$/m;

/** The short test summary of pytest (`-rA`, or what it writes by itself) and its last line. */
export const pytest: Parser = (output) => {
  const summary = SUMMARY.exec(output)?.[1];
  const nothing = /^=* ?no tests ran in /m.test(output);
  if (summary === undefined && !nothing && !/^=+ test session starts =+$/m.test(output)) return null;
  const reports = reportsIn(output);
  const from = output.lastIndexOf('short test summary info');
  const cases = output
    .slice(Math.max(0, from))
    .split('\n')
    .flatMap((line) => {
      const [, word, name, said] = RESULT.exec(line) ?? [];
      return word === undefined ? [] : [resultCase({ word, name: name!, said }, reports)];
    });
  return { cases, counts: summary === undefined ? null : countsOf(summary) };
};

function resultCase(
  { word, name, said }: { word: string; name: string; said: string | undefined },
  reports: Map<string, string>,
): Case {
  const file = name.split('::')[0]!;
  const report = reports.get(name.split('::').slice(1).join('.')) ?? reports.get(file);
  const place = [...(report ?? '').matchAll(/^(\S+\.py):(\d+): /gm)].filter(([, path]) => path === file).at(-1);
  return caseOf({
    id: name,
    name,
    file,
    line: place?.[2],
    outcome: OUTCOMES[word]!,
    message: [said, report].filter(Boolean).join('\n') || undefined,
  });
}

/** What stands under `____ Class.test ____`, by that title. */
function reportsIn(output: string): Map<string, string> {
  const parts = output.split(/^_{3,} (.+?) _{3,}$/m);
  const reports = new Map<string, string>();
  for (let index = 1; index < parts.length; index += 2) {
    const title = parts[index]!.replace(/^ERROR (?:at \w+ of|collecting) /, '');
    reports.set(title, parts[index + 1]!.split(/^={3,} /m)[0]!.trim());
  }
  return reports;
}

function countsOf(summary: string) {
  return {
    passed: countBefore('passed', summary) + countBefore('xpassed', summary),
    failed: countBefore('failed', summary) + countBefore('error', summary),
    skipped: countBefore('skipped', summary) + countBefore('xfailed', summary),
  };
}
