import { appendFileSync } from 'node:fs';
import { readFrozenPlan } from '../journal/frozen-plan.ts';
import { renderAnnotations } from '../report/github.ts';
import { renderHtml } from '../report/html.ts';
import { renderJUnit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { buildReport, type Report } from '../report/report.ts';
import { renderSarif } from '../report/sarif.ts';
import { version } from '../util/version.ts';
import type { Surroundings } from './context.ts';
import { maskFor } from './mask.ts';
import type { FoundRun } from './runs.ts';

/** Forms that a report can be had in. */
export const FORMATS = ['markdown', 'json', 'html', 'junit', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** What a run proved up to now. */
export function reportOf({ state, paths }: FoundRun): Report {
  return buildReport(state, readFrozenPlan(paths), Date.now());
}

/** A report as text, without the secrets of this environment. */
export function renderReport(context: Pick<Surroundings, 'env'>, report: Report, format: Format): string {
  return maskFor(context)(RENDER[format](report));
}

const RENDER: Record<Format, (report: Report) => string> = {
  markdown: renderMarkdown,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: renderHtml,
  junit: renderJUnit,
  sarif: (report) => renderSarif(report, version()),
  github: (report) =>
    renderAnnotations(report)
      .map((line) => `${line}\n`)
      .join(''),
};

/** GitHub drops a summary that is longer, all of it. */
const MAX_SUMMARY = 1_000_000;

/**
 * Under GitHub Actions: gives the lines that become annotations, and adds the report to the summary of the job. Nothing
 * anywhere else.
 */
export function tellGitHub(context: Pick<Surroundings, 'env' | 'warn'>, report: Report): string {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = context.env;
  if (GITHUB_ACTIONS !== 'true') return '';
  const summary = renderReport(context, report, 'markdown');
  try {
    if (GITHUB_STEP_SUMMARY) appendFileSync(GITHUB_STEP_SUMMARY, cutLines(summary, MAX_SUMMARY));
  } catch (error) {
    context.warn(`the summary of the job was not written: ${(error as Error).message}`);
  }
  return renderReport(context, report, 'github');
}

/** The beginning of a text, whole lines of it, in so many bytes. */
export function cutLines(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const cut = Buffer.from(text).subarray(0, bytes).toString('utf8');
  return `${cut.slice(0, cut.lastIndexOf('\n'))}\n\n… cut here: report.json has it all\n`;
}
