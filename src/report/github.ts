import { plainText } from '../util/plain-text.ts';
import { type Finding, findingsOf } from './findings.ts';
import type { Report } from './report.ts';

/** GitHub shows ten of a kind for each step. */
const MOST = 10;

/** Lines that GitHub Actions turns into annotations beside the code; of each level as many as it shows. Pure. */
export function renderAnnotations(report: Report): string[] {
  const findings = findingsOf(report);
  return (['error', 'warning'] as const).flatMap((level) => {
    const some = findings.filter((each) => each.level === level);
    const rest = some.length - MOST;
    if (rest <= 0) return some.map(annotation);
    const more = { level, rule: 'copse', tasks: [], message: `and ${rest + 1} more, which the report names` };
    return [...some.slice(0, MOST - 1), more].map(annotation);
  });
}

function annotation({ level, rule, message, file, line }: Finding): string {
  const where = file === undefined ? '' : `file=${property(file)}${line === undefined ? '' : `,line=${line}`},`;
  return `::${level} ${where}title=${property(rule)}::${data(message)}`;
}

/** What ends a message, a line or a property there is written as a URL would. */
const data = (text: string) => plainText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
