import { describeFailure } from '../run/describe.ts';
import { describeChanges, describePlace } from '../run/describe-escape.ts';
import { describeViolation } from '../run/describe-violation.ts';
import { plainText } from '../util/plain-text.ts';
import { BATCH_COLUMNS, batchRows } from './batches.ts';
import { CHECK_TITLES } from './markdown.ts';
import type { CheckName, Report, ReportAttempt, ReportTask } from './report.ts';
import type { Check } from './stack.ts';
import { STYLE } from './style.ts';

/** Markup: text of plans and agents gets into it through {@link text} only. */
type Html = string;

/** A report as one page that needs nothing else: no script, no network, readable in light and dark. Pure; times in UTC. */
export function renderHtml(report: Report): Html {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(report.title)} · integration report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${[head(report), checks(report), actions(report), timeline(report), tasks(report), batches(report), waves(report), violations(report), escapes(report)].filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}

function head(report: Report): Html {
  const integrated = report.tasks.filter(({ state }) => state === 'integrated').length;
  const asked: [string, string][] = report.asked?.url ? [['Pull request', report.asked.url]] : [];
  const facts: [string, string][] = [
    ['Integrated', `${integrated} of ${report.tasks.length} tasks`],
    ['Time', seconds(report.elapsedMs)],
    ['Cost', money(report.cost)],
    ['Branch', `${report.integration.branch} at ${report.integration.tip.slice(0, 12)}`],
    ['Landed', report.landed ? `${report.landed.target} (${report.landed.how})` : 'not yet'],
    ...asked,
    ['Run', report.run],
    ['Written', new Date(report.generatedAt).toISOString()],
  ];
  const all = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${text(value)}</dd></div>`).join('');
  return `<header><p class="plan">${text(report.plan)}</p><h1>${text(report.title)}</h1><dl>${all}</dl></header>`;
}

const SIGN: Record<Check, string> = {
  passed: '✓ passed',
  failed: '✗ failed',
  warning: '! look',
  'not-checked': '– not checked',
};

const badge = (result: Check): Html => `<span class="badge ${result}">${SIGN[result]}</span>`;

function checks(report: Report): Html {
  const rows = (Object.keys(CHECK_TITLES) as CheckName[]).map((name) => {
    const { result, details } = report.checks[name];
    return [text(CHECK_TITLES[name]), badge(result), text(details)];
  });
  return section('Checks', table(['Check', 'Result', 'Details'], rows));
}

function actions({ actions: { mustFix, shouldFix }, next }: Report): Html {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? '' : `<h3>${title}</h3><ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
  return section('What to do', [list('Must fix', mustFix), list('Should fix', shouldFix), list('Next', next)].join(''));
}

/** One bar an attempt, from when it started to when it ended. */
function timeline({ tasks: all, generatedAt }: Report): Html {
  const attempts = all.flatMap(({ attempts }) => attempts);
  if (attempts.length === 0) return '';
  const from = Math.min(...attempts.map(({ startedAt }) => startedAt));
  const to = Math.max(...attempts.map(({ endedAt }) => endedAt ?? generatedAt));
  const share = (ms: number) => `${((ms / Math.max(1, to - from)) * 100).toFixed(2)}%`;
  const bar = ({ number, startedAt, endedAt, failure }: ReportAttempt) => {
    const width = (endedAt ?? generatedAt) - startedAt;
    const title = `attempt ${number}, ${seconds(width)}${failure ? `, ${describeFailure(failure)}` : ''}`;
    return `<i class="${failure ? 'failed' : 'passed'}" style="left:${share(startedAt - from)};width:${share(width)}" title="${text(title)}"></i>`;
  };
  const rows = all.map(
    ({ id, attempts: own }) => `<div class="lane"><b>${text(id)}</b><span>${own.map(bar).join('')}</span></div>`,
  );
  return section('Timeline', `<div class="lanes">${rows.join('')}<p>${seconds(to - from)} in all</p></div>`);
}

function tasks(report: Report): Html {
  const rows = report.tasks.map((task) => [
    `<b>${text(task.id)}</b><br>${text(task.title)}`,
    String(task.wave),
    `<span class="badge ${task.state === 'integrated' ? 'passed' : task.state === 'skipped' ? 'not-checked' : 'failed'}">${text(task.state)}</span>`,
    `${task.attempts.length} · ${task.commits ?? '–'}`,
    seconds(task.elapsedMs),
    text(money(task.cost)),
    evidence(task),
  ]);
  return section(
    'Tasks',
    table(['Task', 'Wave', 'State', 'Attempts · commits', 'Time', 'Cost', 'Evidence, and what was claimed'], rows),
  );
}

/** What was measured about the last attempt, and beside it what its agent said of itself. */
function evidence({ attempts, notes }: ReportTask): Html {
  const last = attempts.at(-1);
  const lines = [
    ...(last?.failure ? [`✗ ${describeFailure(last.failure)}`] : []),
    ...(last?.evidence ?? []).map(({ gate, verdict, summary }) => `${MARK[verdict]} ${gate}: ${summary}`),
    ...notes.map((note) => `· ${note}`),
  ];
  const { task_completed, tests_run, tests_passed, summary } = last?.claim ?? {};
  const said = [
    task_completed === undefined ? null : `completed: ${task_completed}`,
    tests_run === undefined
      ? null
      : `tests run: ${tests_run}${tests_passed === undefined ? '' : `, passed: ${tests_passed}`}`,
    summary ?? null,
  ].filter((each) => each !== null);
  const claim = said.length === 0 ? '' : `<p class="claim">claimed: ${text(said.join('; '))}</p>`;
  if (lines.length === 0) return claim;
  return `<details${last?.failure ? ' open=""' : ''}><summary>${lines.length} ${lines.length === 1 ? 'line' : 'lines'}</summary><ul>${lines.map((each) => `<li>${text(each)}</li>`).join('')}</ul></details>${claim}`;
}

const MARK = { pass: '✓', warn: '!', fail: '✗' } as const;

function batches(report: Report): Html {
  if (report.batches.length === 0) return '';
  const rows = batchRows(report.batches).map((row) => row.map(text));
  return section('Landings that were checked first', table(BATCH_COLUMNS, rows));
}

function waves(report: Report): Html {
  if (report.waves.every(({ command }) => command === null)) return '';
  const rows = report.waves.map(({ number, command, result, failure }) => [
    String(number),
    command === null ? '–' : `<code>${text(command)}</code>`,
    `${badge(result)}${failure && 'tail' in failure ? `<pre>${text(failure.tail)}</pre>` : ''}`,
  ]);
  return section('Validations on the merged tree', table(['Wave', 'Command', 'Result'], rows));
}

function violations(report: Report): Html {
  if (report.violations.length === 0) return '';
  const rows = report.violations.map((violation) => [
    text(violation.task),
    text(describeViolation(violation)),
    `<span class="badge ${violation.severity === 'fail' ? 'failed' : 'warning'}">${text(violation.rule)}</span>`,
  ]);
  return section('Outside of scopes', table(['Task', 'What', 'Rule'], rows));
}

function escapes(report: Report): Html {
  if (report.escapes.length === 0) return '';
  const rows = report.escapes.map((each) => [
    text(`${describeChanges(each, 20)} ${describePlace(each.where)}`),
    text(
      each.suspects.map(({ task, attempt, evidence: why }) => `${task}.${attempt}${why ? `: ${why}` : ''}`).join('; '),
    ),
    text(each.patch ?? '–'),
  ]);
  return section('Outside of the workspaces', table(['Changed', 'By', 'Kept in'], rows));
}

const section = (title: string, body: Html): Html => `<section><h2>${title}</h2>${body}</section>`;

function table(names: readonly string[], rows: readonly Html[][]): Html {
  const cells = (row: readonly Html[]) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<div class="wide"><table><thead><tr>${names.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.map(cells).join('')}</tbody></table></div>`;
}

const seconds = (ms: number) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

const money = ({ usd, source }: Report['cost']) =>
  usd === null ? 'unknown' : `$${usd.toFixed(4)}${source === 'reported' ? '' : ` (${source})`}`;

function text(value: string): Html {
  return plainText(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
