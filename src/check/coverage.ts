import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where tools put what they found of coverage, and how the percent of lines is read from it. */
const REPORTS: [path: string, read: (text: string) => number | null][] = [
  [
    'coverage/coverage-summary.json',
    (text) => percent(/"total"\s*:\s*\{\s*"lines"\s*:\s*\{[^}]*"pct"\s*:\s*([\d.]+)/, text),
  ],
  ['coverage/cobertura-coverage.xml', cobertura],
  ['coverage.xml', cobertura],
  ['coverage.json', (text) => percent(/"percent_covered"\s*:\s*([\d.]+)(?![\s\S]*"percent_covered"\s*:)/, text)],
  ['coverage/lcov.info', lcov],
  ['lcov.info', lcov],
];

/** The percent of lines that the first report written since `since` (ms since the epoch) gives; null when there is none. */
export function coverageIn(folder: string, since: number): { percent: number; report: string } | null {
  for (const [report, read] of REPORTS) {
    const percent = readSince(join(folder, report), since, read);
    if (percent !== null) return { percent, report };
  }
  return null;
}

function readSince(path: string, since: number, read: (text: string) => number | null): number | null {
  try {
    return statSync(path).mtimeMs >= since ? read(readFileSync(path, 'utf8')) : null;
  } catch {
    return null; // the usual case: this tool was not used
  }
}

function percent(pattern: RegExp, text: string): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function cobertura(text: string): number | null {
  const rate = percent(/<coverage\b[^>]*\bline-rate="([\d.]+)"/, text);
  return rate === null ? null : rate * 100;
}

function lcov(text: string): number | null {
  const sum = (tag: string) =>
    [...text.matchAll(new RegExp(`^${tag}:(\\d+)$`, 'gm'))].reduce((all, [, n]) => all + Number(n), 0);
  const lines = sum('LF');
  return lines === 0 ? null : (sum('LH') / lines) * 100;
}
