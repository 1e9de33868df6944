import type { CheckFailure } from '../run/check.ts';
import { describeBlame, describeCheck, describeCheckFailure } from '../run/describe-check.ts';
import { describeChanges, describePlace } from '../run/describe-escape.ts';
import { violationPlace } from '../run/describe-violation.ts';
import { type Escape, isNamed } from '../run/escape.ts';
import { unwrapped } from '../util/one-line.ts';
import { plainText } from '../util/plain-text.ts';
import { BATCH_COLUMNS, batchRows } from './batches.ts';
import { contractSection } from './contracts.ts';
import type { CheckName, Report, ReportTask } from './report.ts';
import type { Check } from './stack.ts';

const SIGN: Record<Check, string> = { passed: '✅', failed: '❌', warning: '⚠️', 'not-checked': '⚠️ not checked' };

export const CHECK_TITLES: Record<CheckName, string> = {
  branch_merge: 'Branch Merge',
  contract_compliance: 'Contract Compliance',
  tech_spec_compliance: 'Tech Spec Compliance',
  boundary_violations: 'Boundary Violations',
  tests: 'Tests',
  type_check: 'Type Check',
  lint: 'Lint',
};

/** integration-report.md in its documented form. Pure; dates in UTC. */
export function renderMarkdown(report: Report): string {
  const integrated = report.tasks.filter((task) => task.state === 'integrated');
  const sections = [
    `# Integration Report: ${line(report.title)}`,
    [
      `- **Generated**: ${new Date(report.generatedAt).toISOString()}`,
      `- **Parallel Dir**: ${line(report.planDir)}`,
      `- **Source PRD**: ${line(report.prd ?? '-')}`,
      `- **Tech Spec**: ${line(report.techSpec ?? '-')}`,
      `- **Tasks Integrated**: ${integrated.length}/${report.tasks.length}`,
      `- **Run**: ${report.run}, ${(report.elapsedMs / 1000).toFixed(0)} s, ${cost(report.cost)}`,
      `- **Integration Branch**: ${report.integration.branch} at ${report.integration.tip.slice(0, 12)}`,
      ...(report.landed ? [`- **Landed**: ${report.landed.target} (${report.landed.how})`] : []),
      ...(report.asked?.url ? [`- **Pull Request**: ${line(report.asked.url)}`] : []),
    ].join('\n'),
    `## Summary\n\n${table(
      ['Check', 'Status', 'Details'],
      (Object.keys(CHECK_TITLES) as CheckName[]).map((name) => [
        CHECK_TITLES[name],
        SIGN[report.checks[name].result],
        report.checks[name].details,
      ]),
    )}`,
    `## Tasks\n\n${table(['Task', 'Wave', 'State', 'Attempts', 'Commits', 'Time', 'Cost', 'Evidence', 'Claim'], report.tasks.map(taskRow))}`,
    ...checklistSection(report),
    ...batchSection(report),
    ...notesSection(report),
    `## Contract Compliance\n\n${contractSection(report.contracts, line)}`,
    `## Boundary Violations\n\n${
      report.violations.length === 0
        ? 'None.'
        : table(
            ['Task', 'File', 'Issue'],
            report.violations.map((violation) => [
              violation.task,
              violationPlace(violation),
              `${violation.rule}${violation.entry ? ` (${violation.entry})` : ''}`,
            ]),
          )
    }`,
    ...(report.escapes.length === 0 ? [] : [`## Outside of the Workspaces\n\n${escapeTable(report)}`]),
    '## Tech Spec Compliance\n\nNot checked.',
    `## Test Results\n\n${table(
      ['Wave', 'Validation', 'Result'],
      report.waves.map((wave) => [String(wave.number), wave.command ? `\`${wave.command}\`` : '-', SIGN[wave.result]]),
    )}${failureTails(report)}${stackSection(report)}`,
    `## Action Items\n\n### Must Fix\n\n${list(report.actions.mustFix)}\n\n### Should Fix\n\n${list(report.actions.shouldFix)}`,
    `## Next Steps\n\n${list(report.next)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function taskRow(task: ReportTask): string[] {
  const last = task.attempts.at(-1);
  const evidence = last?.evidence.map((each) => `${each.gate} ${each.verdict}`).join(', ') ?? '-';
  const claim = last?.claim;
  const said = claim
    ? [
        claim.task_completed === undefined ? null : `completed: ${claim.task_completed}`,
        claim.tests_run === undefined ? null : `tests run: ${claim.tests_run}`,
      ].filter((part) => part !== null)
    : [];
  return [
    `${task.id} ${task.title}`,
    String(task.wave),
    task.state,
    String(task.attempts.length),
    String(task.commits ?? '-'),
    `${(task.elapsedMs / 1000).toFixed(1)} s`,
    cost(task.cost),
    evidence || '-',
    said.join(', ') || '-',
  ];
}

/** What is left to people stands among what was run. */
function checklistSection({ tasks }: Report): string[] {
  const rows = tasks.flatMap(({ id, checklist }) =>
    checklist.map(({ text, command, result, why }) => [
      id,
      text,
      command === null && result === 'not-checked' ? 'for people' : SIGN[result],
      why ?? '-',
    ]),
  );
  return rows.length === 0 ? [] : [`## Checklist\n\n${table(['Task', 'Item', 'Result', 'Why'], rows)}`];
}

/** Where checks gated what landed. */
function batchSection({ batches }: Report): string[] {
  return batches.length === 0 ? [] : [`## Landings\n\n${table(BATCH_COLUMNS, batchRows(batches))}`];
}

function notesSection({ tasks }: Report): string[] {
  const notes = tasks.flatMap((task) => task.notes.map((note) => [task.id, note]));
  return notes.length === 0 ? [] : [`## Notes\n\n${table(['Task', 'Note'], notes)}`];
}

function escapeTable({ escapes }: Report): string {
  const who = (each: Escape) =>
    isNamed(each)
      ? each.suspects.map(({ task, attempt, evidence }) => `${task}.${attempt}: ${evidence}`)
      : [`not known, perhaps you; alive: ${each.suspects.map(({ task }) => task).join(', ')}`];
  return table(
    ['Changed', 'By', 'Kept in'],
    escapes.map((each) => [
      `${describeChanges(each, 20)} ${describePlace(each.where)}`,
      who(each).join('; '),
      each.patch ?? '-',
    ]),
  );
}

/** The checks of the project, then each failure that is not as old as the base. */
function stackSection({ stack }: Report): string {
  if (stack.length === 0) return '';
  const rows = stack.map((check) => [
    check.name,
    check.kind,
    `\`${check.command}\``,
    SIGN[check.outcome],
    describeCheck(check),
  ]);
  const failures = stack.flatMap(({ name, failures }) =>
    failures.map((each) => [name, each.status, describeCheckFailure({ ...each, blame: [] }), blamed(each)]),
  );
  const told = failures.slice(0, MAX_FAILURES);
  const more = failures.length > told.length ? `\n\n${failures.length - told.length} more stand in report.json.` : '';
  return [
    `\n\n### Checks of the Merged Tree\n\n${table(['Check', 'Kind', 'Command', 'Result', 'Details'], rows)}`,
    ...(told.length === 0 ? [] : [`${table(['Check', 'Status', 'Failure', 'Perhaps by'], told)}${more}`]),
    ...stack
      .filter(({ outcome, tail }) => outcome === 'failed' && tail)
      .map(({ name, tail }) => `${line(name)}:\n\n${fence(tail!)}`),
  ].join('\n\n');
}

const MAX_FAILURES = 50;

function blamed({ status, blame }: CheckFailure): string {
  return status === 'new' || blame.length > 0 ? describeBlame(blame) : '-';
}

function failureTails(report: Report): string {
  return report.waves
    .filter((wave) => wave.failure?.code === 'validation')
    .map((wave) => `\n\nWave ${wave.number}:\n\n${fence(wave.failure?.code === 'validation' ? wave.failure.tail : '')}`)
    .join('');
}

const cost = ({ usd, source }: Report['cost']) =>
  usd === null ? 'cost unknown' : `$${usd.toFixed(4)}${source === 'reported' ? '' : ` (${source})`}`;

const list = (items: string[]) => (items.length === 0 ? 'None.' : items.map((item) => `- ${line(item)}`).join('\n'));

/** Text of a plan or an agent inside our Markdown: one line, no new table cells. */
const line = (text: string) => unwrapped(plainText(text));

function table(head: string[], rows: string[][]): string {
  const cells = (row: string[]) => `| ${row.map((cell) => line(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [cells(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(cells)].join('\n');
}

/** A code block that its content cannot close. */
function fence(output: string): string {
  const text = plainText(output);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}\n${text.trimEnd()}\n${ticks}`;
}
