import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { MANIFEST } from '../plan/manifest.ts';
import { rewriteManifest } from '../plan/rewrite-manifest.ts';
import type { Report } from '../report/report.ts';
import type { RunState } from '../run/state.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import type { Surroundings } from './context.ts';
import type { ReportFiles } from './landing.ts';
import type { Project } from './project.ts';
import { renderReport } from './report.ts';

const REPORT = 'integration-report.md';
const REPORTS = ['report.json', REPORT, 'logs/report.html'] as const;

/** Where the report stands that people read. */
export const reportIn = (folder: string) => join(folder, REPORT);

/** Writes all forms of the report into the plan folder; a folder that takes none is told, for what has landed has landed. */
export function writeReport(context: Pick<Surroundings, 'env' | 'warn'>, folder: string, report: Report): ReportFiles {
  const [json, text, html] = REPORTS.map((name) => join(folder, name)) as [string, string, string];
  try {
    writeFileAtomic(json, renderReport(context, report, 'json'));
    writeFileAtomic(text, renderReport(context, report, 'markdown'));
    writeFileAtomic(html, renderReport(context, report, 'html'));
    return { json, text, html };
  } catch (error) {
    context.warn(`the report was not written: ${(error as Error).message}`);
    return { json: null, text: null, html: null };
  }
}

/** The block of the manifest that tells readers of the plan folder that it is done; the rest of the file stays as it is. */
export function recordInManifest(
  context: Pick<Surroundings, 'warn'>,
  folder: string,
  { checks, generatedAt }: Report,
): void {
  const { branch_merge, contract_compliance, boundary_violations, tests } = checks;
  const named = { branch_merge, contract_compliance, boundary_violations, tests };
  const results = Object.fromEntries(Object.entries(named).map(([name, { result }]) => [name, result]));
  record(context, folder, {
    status: 'completed',
    report_path: REPORT,
    completed_at: new Date(generatedAt).toISOString(),
    checks: results,
    undone_at: undefined,
  });
}

/** The same of a landing that was taken back: it is to be done again. */
export function recordUndone(context: Pick<Surroundings, 'warn'>, folder: string, now: number): void {
  const undone_at = new Date(now).toISOString();
  record(context, folder, { status: 'pending', report_path: REPORT, completed_at: null, undone_at });
}

function record(context: Pick<Surroundings, 'warn'>, folder: string, integration: Record<string, unknown>): void {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) return;
  try {
    writeFileAtomic(file, rewriteManifest(readFileSync(file, 'utf8'), { integration }), statSync(file).mode & 0o777);
  } catch (error) {
    context.warn(`${MANIFEST} does not say what became of the plan: ${(error as Error).message}`);
  }
}

/**
 * What a run and this command write into plan folders; a change of these is no dirt in a checkout. The manifest of another plan
 * may say that it is integrated.
 */
export function outputsOf({ repository }: Project, { planDir }: Pick<RunState, 'planDir'>): string[] {
  const inside = relative(repository.root, planDir);
  if (inside.startsWith('..')) return [];
  const above = dirname(planDir);
  const plans = existsSync(above) ? readdirSync(above) : []; // gone with all its plans: the report will make it anew
  return [
    ...['logs', ...REPORTS].map((name) => join(inside, name)),
    ...plans.map((name) => join(dirname(inside), name, MANIFEST)),
  ];
}
