import { findingLine } from '../run/broken.ts';
import type { ContractCheck, ContractFinding } from '../run/contract.ts';
import type { RunState } from '../run/state.ts';

/** What came of the contracts of a plan: `broken` are those whose errors count; null when nobody compared them. */
export type ReportContracts = { commit: string; checks: ContractCheck[]; broken: string[] } | null;

export function reportContracts({ contracts }: RunState): ReportContracts {
  if (contracts?.is !== 'checked') return null;
  const { commit, checks, broken } = contracts;
  return { commit, checks, broken: broken.map(({ contract }) => contract) };
}

/** The line of the summary. Contracts of which nothing could be compared are no pass. */
export function judgeContracts(contracts: ReportContracts): {
  result: 'passed' | 'failed' | 'warning' | 'not-checked';
  details: string;
} {
  if (contracts === null) return { result: 'not-checked', details: 'not compared with the merged tree' };
  const { checks, broken } = contracts;
  if (checks.length === 0) return { result: 'not-checked', details: 'the plan has no contracts' };
  const count = (outcome: ContractCheck['outcome']) => checks.filter((check) => check.outcome === outcome).length;
  const [met, differ, unchecked] = [count('met'), count('broken'), count('not-checked')];
  const parts = [`${met} met`, `${differ} broken`, `${unchecked} not checked`];
  const details = parts.filter((part) => !part.startsWith('0 ')).join(', ');
  if (broken.length > 0) return { result: 'failed', details };
  if (differ > 0 || (met > 0 && unchecked > 0)) return { result: 'warning', details };
  return { result: met > 0 ? 'passed' : 'not-checked', details };
}

/** Notes that are listed for one contract; the rest is in report.json. */
const MAX_LINES = 30;

const PARTS: [title: string, kinds: ContractCheck['kind'][]][] = [
  ['API Endpoints', ['openapi']],
  ['Type Definitions', ['typescript', 'python']],
  ['Schemas', ['json-schema', 'sql', 'other']],
];

/** The section of the report, without its title; `line` makes any text one line of Markdown. */
export function contractSection(contracts: ReportContracts, line: (text: string) => string): string {
  const checks = contracts?.checks ?? [];
  const parts = PARTS.map(([title, kinds]) => [title, checks.filter(({ kind }) => kinds.includes(kind))] as const);
  return parts
    .filter(([title, found]) => found.length > 0 || title !== 'Schemas')
    .map(([title, found]) => {
      const text = found.length === 0 ? 'Not checked.' : found.map((check) => describeCheck(check, line)).join('\n');
      return `### ${title}\n\n${text}`;
    })
    .join('\n\n');
}

function describeCheck(check: ContractCheck, line: (text: string) => string): string {
  const { contract, outcome, why, hash, findings } = check;
  const said = { met: '✅ met', broken: '❌ broken', 'not-checked': '⚪ not checked' }[outcome];
  const head = `- ${line(contract)}: ${said}${why ? `, ${line(why)}` : ''} (${hash.slice(0, 19)})`;
  const lines = findings
    .slice(0, MAX_LINES)
    .map((finding) => `  - ${kindOfFinding(finding)} ${line(findingLine(finding))}`);
  const more = findings.length > MAX_LINES ? [`  - … and ${findings.length - MAX_LINES} more in report.json`] : [];
  return [head, ...lines, ...more].join('\n');
}

/** That something was only read off source stands with each finding. */
function kindOfFinding({ level, basis }: ContractFinding): string {
  return level === 'note' ? 'note:' : `${level} (${basis}):`;
}
