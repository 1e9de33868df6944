import type { Owner, OwnershipRow } from '../plan/ownership.ts';
import type { Diagnostic, Level, Plan, Wave } from '../plan/plan.ts';
import { printable } from '../plan/text.ts';
import { count, type Style, wrapWords } from './style.ts';

/** What was found out about a plan; `--json` prints it, the report shows it. */
export interface Verdict {
  ok: boolean;
  /** The plan folder as the user can type it. */
  folder: string;
  plan: Plan | null;
  diagnostics: Diagnostic[];
  ownership: OwnershipRow[];
}

interface View {
  /** Columns. */
  width: number;
  verbose: boolean;
  style: Style;
}

/** Longer lists are cut, unless everything is asked for. */
const MAX_FINDINGS = 200;
const MAX_TASKS = 100;
const MAX_ROWS = 100;

/** The report of `copse validate` for people: findings, waves, ownership, verdict, next command. */
export function showReport(verdict: Verdict, view: View): string {
  const { plan, ownership } = verdict;
  const parts = [
    findings(verdict, view),
    plan ? wavesOf(plan, view) : '',
    ownership.length > 0 ? matrix(ownership, view) : '',
  ];
  return [...parts.filter(Boolean), conclusion(verdict, view)].join('\n');
}

function findings({ diagnostics, folder }: Verdict, { verbose, style }: View): string {
  const shown = verbose ? diagnostics : mostSerious(diagnostics);
  let file: string | undefined;
  const lines = shown.map((diagnostic) => {
    const gap = file !== undefined && file !== diagnostic.file ? '\n' : '';
    file = diagnostic.file;
    return gap + finding(diagnostic, folder, style);
  });
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0) lines.push(style.dim(`… and ${count(hidden, 'more finding')}; --verbose shows them all\n`));
  return lines.join('');
}

/** Errors before warnings before notes when not all can be shown; in reading order. */
function mostSerious(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= MAX_FINDINGS) return diagnostics;
  const rank = { error: 0, warning: 1, note: 2 };
  const kept = new Set([...diagnostics].sort((a, b) => rank[a.level] - rank[b.level]).slice(0, MAX_FINDINGS));
  return diagnostics.filter((diagnostic) => kept.has(diagnostic));
}

function finding({ file, line, column, level, code, message, hint }: Diagnostic, folder: string, style: Style): string {
  const place = printable(`${folder === '.' ? '' : `${folder}/`}${file}:${line}:${column}`);
  const text = `${style.bold(place)} ${painted(level, style)} ${style.dim(code)} ${message}\n`;
  return hint === undefined ? text : `${text}    ${style.dim('hint:')} ${hint}\n`;
}

function painted(level: Level, style: Style): string {
  return level === 'error' ? style.red(level) : level === 'warning' ? style.yellow(level) : style.cyan(level);
}

function wavesOf(plan: Plan, view: View): string {
  const { style, verbose } = view;
  const facts = [
    count(plan.tasks.length, 'task'),
    count(plan.waves.length, 'wave'),
    `manifest ${plan.variant}`,
    plan.techSpec,
  ];
  const head = `${style.bold(printable(plan.title))}  ${style.dim(facts.filter(Boolean).join(' · '))}\n`;
  const brief = !verbose && plan.tasks.length > MAX_TASKS;
  const waves = plan.waves.map((wave) => waveLines(wave, plan, { ...view, brief }));
  const installed = plan.dependencies.map(
    ({ ecosystem, action, packages }) => `  ${ecosystem} ${action}: ${printable(packages.join(', '))}\n`,
  );
  const dependencies =
    installed.length > 0 ? `${style.bold('Installed before the first task')}\n${installed.join('')}` : '';
  return `${head}${waves.join('')}${dependencies}`;
}

function waveLines(wave: Wave, plan: Plan, { style, width, brief }: View & { brief: boolean }): string {
  const name = wave.name ? ` · ${printable(wave.name)}` : '';
  const lines = [`${style.bold(`Wave ${wave.number}`)}${name}: ${count(wave.tasks.length, 'task')}`];
  const ids = new Set(wave.tasks);
  const tasks = brief ? [] : plan.tasks.filter(({ id }) => ids.has(id));
  const column = Math.min(28, Math.max(0, ...tasks.map(({ id }) => id.length)));
  for (const { id, title, deps } of tasks) {
    const after = deps.length > 0 ? `  ${style.dim(`after ${deps.join(', ')}`)}` : '';
    lines.push(printable(`  ${id.padEnd(column)}  ${title === id ? '' : title}`).trimEnd() + after);
  }
  if (wave.validation) {
    const { kind, command } = wave.validation;
    const text = printable(command.replace(/\n/g, '⏎'));
    const [first, ...rest] = wrapWords(`${kind}: ${text}`, width - 14);
    lines.push(`  ${style.dim('validation')}  ${first}`, ...rest.map((line) => `${' '.repeat(14)}${line}`));
  } else lines.push(`  ${style.dim('no validation')}`);
  return `${lines.join('\n')}\n`;
}

function matrix(rows: readonly OwnershipRow[], { style, width, verbose }: View): string {
  const shown = verbose ? rows : rows.slice(0, MAX_ROWS);
  const columns = columnsFor(shown, Math.max(40, Math.min(width, 160)));
  const heading = cells(['FILE', 'CREATE', 'MODIFY'], columns);
  const lines = shown.flatMap(({ path, symbol, create, modify }) => {
    const name = printable(symbol === undefined ? path : `${path}::${symbol}`);
    return tableRow([name, owners(create), owners(modify)], columns);
  });
  const hidden = rows.length - shown.length;
  if (hidden > 0) lines.push(style.dim(`  … and ${count(hidden, 'more file')}; --verbose shows them all`));
  return `${style.bold('File ownership')}  ${style.dim('who may write what, and in which wave')}\n${style.dim(heading)}\n${lines.join('\n')}\n`;
}

function owners(list: readonly Owner[]): string {
  return list.length === 0 ? '-' : list.map(({ task, wave }) => printable(`${task}\u00a0w${wave}`)).join(', ');
}

type Columns = [number, number, number];

/** The lists get room for their longest name, the path what is left; what nobody needs goes to the last column. */
function columnsFor(rows: readonly OwnershipRow[], width: number): Columns {
  const room = width - 6;
  const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, text.length), 6);
  const longest = (lists: readonly (readonly Owner[])[]) =>
    widest(lists.flatMap((list) => list.map((owner) => owners([owner]) + (list.length > 1 ? ',' : ''))));
  const path = widest(rows.map((row) => (row.symbol === undefined ? row.path : `${row.path}::${row.symbol}`)));
  const [create, modify] = [longest(rows.map((row) => row.create)), longest(rows.map((row) => row.modify))];
  const first = Math.min(path, Math.max(16, room - create - modify));
  const second = Math.min(
    widest(rows.map((row) => owners(row.create))),
    Math.max(create, Math.floor((room - first) / 2)),
  );
  return [first, second, room - first - second];
}

/** One row; lists wrap inside their column, a path that is too long takes a line of its own. */
function tableRow([name, create, modify]: [string, string, string], columns: Columns): string[] {
  const lists = [wrapWords(create, columns[1]), wrapWords(modify, columns[2])] as const;
  const own = name.length > columns[0];
  const height = Math.max(lists[0].length, lists[1].length);
  const lines = Array.from({ length: height }, (_, index) =>
    cells([index === 0 && !own ? name : '', lists[0][index] ?? '', lists[1][index] ?? ''], columns),
  );
  return own ? [`  ${name}`, ...lines] : lines;
}

function cells([name, create, modify]: [string, string, string], columns: Columns): string {
  const line = `  ${name.padEnd(columns[0])}  ${create.padEnd(columns[1])}  ${modify}`.trimEnd();
  return line.replaceAll('\u00a0', ' ');
}

function conclusion({ ok, folder, diagnostics }: Verdict, { style }: View): string {
  const of = (level: Level) => diagnostics.filter((diagnostic) => diagnostic.level === level).length;
  const [errors, warnings, notes] = [of('error'), of('warning'), of('note')];
  const counts = [count(errors, 'error'), count(warnings, 'warning'), count(notes, 'note')].join(', ');
  const verdict = ok ? style.green('valid') : style.red(errors > 0 ? 'not valid' : 'not valid with --strict');
  const fix = errors > 0 ? count(errors, 'error') : count(warnings, 'warning');
  const again = `copse validate ${quoted(folder)}`;
  const next = ok ? `copse plan ${quoted(folder)}` : `fix the ${fix} above, then ${again}`;
  return `${verdict}: ${counts}\nnext: ${next}\n`;
}

/** As it can be pasted into a shell. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${printable(path).replaceAll("'", "'\\''")}'`;
}
