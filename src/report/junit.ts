import { describeFailure } from '../run/describe.ts';
import { plainText } from '../util/plain-text.ts';
import type { Report } from './report.ts';

interface Case {
  name: string;
  seconds: number;
  /** Absent: it passed. */
  failure?: { message: string; text: string };
  skipped?: string;
}

/**
 * A report as JUnit XML, the dialect that CI servers read: a suite for the tasks and one for the validations. Pure.
 * @returns the document, UTF-8, with a newline at the end
 */
export function renderJUnit(report: Report): string {
  const suites = [
    { name: `${report.plan}: tasks`, cases: report.tasks.map(taskCase) },
    {
      name: `${report.plan}: validations`,
      cases: report.waves.filter(({ command }) => command !== null).map(waveCase),
    },
  ].filter(({ cases }) => cases.length > 0);
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="copse" ${counts(all)}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${attribute(name)}" ${counts(cases)} errors="0" timestamp="${new Date(report.generatedAt).toISOString().slice(0, 19)}">`,
      ...cases.flatMap((each) => renderCase(each, name)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function taskCase({ id, title, state, elapsedMs, attempts }: Report['tasks'][number]): Case {
  const name = `${id} ${title}`;
  const seconds = elapsedMs / 1000;
  if (state === 'integrated') return { name, seconds };
  const failure = attempts.at(-1)?.failure;
  if (state === 'skipped' || !failure) return { name, seconds, skipped: state };
  const evidence = attempts.at(-1)!.evidence.map((each) => `${each.gate} ${each.verdict}: ${each.summary}`);
  return { name, seconds, failure: { message: describeFailure(failure), text: evidence.join('\n') } };
}

function waveCase({ number, command, result, failure }: Report['waves'][number]): Case {
  const name = `wave ${number}: ${command}`;
  if (result === 'passed') return { name, seconds: 0 };
  if (!failure) return { name, seconds: 0, skipped: 'not run' };
  const text = 'tail' in failure ? failure.tail : '';
  return { name, seconds: 0, failure: { message: describeFailure(failure), text } };
}

function renderCase({ name, seconds, failure, skipped }: Case, suite: string): string[] {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(suite)}" time="${seconds.toFixed(3)}"`;
  if (failure) {
    return [
      `${open}>`,
      `      <failure message="${attribute(failure.message)}">${attribute(failure.text)}</failure>`,
      '    </testcase>',
    ];
  }
  if (skipped === undefined) return [`${open}/>`];
  return [`${open}>`, `      <skipped message="${attribute(skipped)}"/>`, '    </testcase>'];
}

function counts(cases: readonly Case[]): string {
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  const failures = cases.filter(({ failure }) => failure).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
}

/** XML has no way to write control characters, nor the two that are no characters. */
function attribute(text: string): string {
  return plainText(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
