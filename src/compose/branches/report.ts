import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buildReport, type Report } from '../../report/report.ts';
import type { RunEventBody } from '../../run/event.ts';
import { reduce } from '../../run/reduce.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { recordInManifest, writeReport } from '../integrate-report.ts';
import { type Format, renderReport } from '../report.ts';
import { type BranchesLanding, isIn } from './landing.ts';
import type { Site } from './site.ts';
import { stateOf } from './state.ts';
import type { Tried } from './tried.ts';
import { eventsOfVerified } from './verify.ts';

/** What came of it, told and written. */
export function reportBranches(site: Site, tried: Tried): BranchesLanding {
  const { target } = site;
  const { all, verified, landing, stopped } = tried;
  const report = reportOf(site, tried);
  const files = site.options.dryRun ? [] : writeReports(site, report, tried);
  return { target, rows: [...all.rows], landing, stopped, checks: verified.checks, report, files };
}

function reportOf(site: Site, { all, verified, landing }: Tried): Report {
  const { state, plan } = stateOf(all);
  const commandOf = (wave: number) => plan.waves.find(({ number }) => number === wave)?.validation?.command ?? '';
  const { tip } = all;
  const bodies: RunEventBody[] = eventsOfVerified(verified, tip, commandOf);
  if (landing !== null) {
    const { from, to, how } = landing;
    bodies.push({ type: 'target.landed', target: site.target, from, to, how });
  }
  const at = Date.now();
  for (const body of bodies) reduce(state, { v: 1, seq: state.seq + 1, at, run: state.id, ...body });
  const report = buildReport(state, plan, at);
  const globs = all.globs.map((glob) => `--branches '${glob}'`).join(' ');
  const command = `copse integrate ${site.plan === null ? '' : `${site.plan.name} `}${globs}`;
  const next =
    landing !== null ? `${site.target} has ${mergedCount(all.rows)}` : `mend what must be fixed, then: ${command}`;
  return { ...report, next: [next] };
}

function mergedCount(rows: Tried['all']['rows']): string {
  const merged = rows.filter(({ outcome }) => isIn(outcome.is)).length;
  return merged === rows.length ? 'them all' : `${merged} of ${rows.length}`;
}

function writeReports(site: Site, report: Report, { landing, all }: Tried): string[] {
  const { context, planDir, options, project } = site;
  const written: string[] = [];
  if (planDir !== null) {
    if (landing !== null && all.rows.every(({ outcome }) => isIn(outcome.is))) {
      recordInManifest(context, planDir, report);
    }
    const { text, json, html } = writeReport(context, planDir, report);
    written.push(...[text, json, html].filter((file) => file !== null));
  }
  if (options.report !== undefined) {
    const file = resolve(project.cwd, options.report);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileAtomic(file, renderReport(context, report, formatOf(file)));
      written.unshift(file);
    } catch (error) {
      context.warn(`the report was not written: ${(error as Error).message}`);
    }
  }
  return written;
}

function formatOf(file: string): Format {
  if (/\.json$/i.test(file)) return 'json';
  return /\.html?$/i.test(file) ? 'html' : 'markdown';
}
