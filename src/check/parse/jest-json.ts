import { z } from 'zod';
import type { Case } from '../../run/check.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

const test = z.object({
  ancestorTitles: z.array(z.string()).default([]),
  title: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).nullish(),
});
const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string().optional(),
      message: z.string().nullish(),
      assertionResults: z.array(test),
    }),
  ),
});

/** `--json` of jest and `--reporter=json` of vitest; other output may stand around it. */
export const jestJson: Parser = (output) => {
  const document = documentIn(output);
  if (document === null) return null;
  const cases = document.testResults.flatMap((result): Case[] => {
    const file = result.name;
    const cases = result.assertionResults.map((each) => {
      const name = [file, ...each.ancestorTitles, each.title].join(' > ');
      const message = each.failureMessages?.join('\n');
      const line = placesIn(message ?? '').find((place) => place.file === file)?.line;
      const outcome = each.status === 'passed' ? 'passed' : each.status === 'failed' ? 'failed' : 'skipped';
      return caseOf({ id: name, name, file, line, outcome, message });
    });
    if (result.status !== 'failed' || cases.some(({ outcome }) => outcome === 'failed')) return cases;
    return [...cases, caseOf({ id: file, name: file, file, outcome: 'failed', message: result.message ?? undefined })];
  });
  return { cases, counts: countsOf(cases) };
};

function documentIn(output: string): z.output<typeof report> | null {
  for (const line of [output, ...output.split('\n')]) {
    const text = line.trim();
    if (!text.startsWith('{') || !text.includes('"testResults"')) continue;
    try {
      const read = report.safeParse(JSON.parse(text));
      if (read.success) return read.data;
    } catch {
      // Not the document, or one that was cut.
    }
  }
  return null;
}
