import { listed } from '../util/listed.ts';
import { oneLine } from '../util/one-line.ts';
import type { FailedCheck } from './check.ts';

type FailedCase = FailedCheck['cases'][number];

/** `test (sum.test.js:2 adds)`: a check and what of it fails. */
export function describeFailed({ name, cases, more }: FailedCheck): string {
  const all = cases.map(caseWords);
  return `${name} (${listed(more > 0 ? [...all, `${more} more`] : all, 3)})`;
}

/** `sum.test.js:2 adds`; of a complaint, which has no name of its own, what it says: `src/a.ts:3 TS2322: not a number`. */
export function caseWords({ name, file, line, message = '' }: FailedCase): string {
  if (!file) return name;
  const place = line ? `${file}:${line}` : file;
  if (!name.startsWith(file)) return `${place} ${name}`;
  const said = oneLine(message.split('\n').find((each) => each.trim()) ?? '', 120);
  return `${place}${name.slice(file.length)}${said && `: ${said}`}`;
}

/** The same, and always with what it says. */
export function caseLine(failed: FailedCase): string {
  const { name, file, message } = failed;
  const told = message === undefined || (file && name.startsWith(file));
  return told ? caseWords(failed) : `${caseWords(failed)}: ${oneLine(message, 240)}`;
}
