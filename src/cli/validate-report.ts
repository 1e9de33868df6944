import { quoted } from '../compose/typed.ts';
import type { OwnershipRow } from '../plan/ownership.ts';
import type { Diagnostic, Level, Plan, Wave } from '../plan/plan.ts';
import { printable } from '../plan/text.ts';
import { showFindings } from './render/findings.ts';
import { shortNames, showOwnership } from './render/ownership.ts';
import { clip } from './render/width.ts';
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
const MAX_TASKS = 100;
/** Columns of a command or a list of packages. */
const MAX_TEXT = 1000;

/** The report of `copse validate` for people: findings, waves, ownership, verdict, next command. */
export function showReport(verdict: Verdict, view: View): string {
  const { plan, ownership } = verdict;
  const ids = plan?.tasks.map(({ id }) => id) ?? [];
  const parts = [
    showFindings(verdict.diagnostics, { ...view, folder: verdict.folder }),
    plan ? wavesOf(plan, view) : '',
    ownership.length > 0 ? showOwnership(ownership, ids, view) : '',
  ];
  return [...parts.filter(Boolean), conclusion(verdict, view)].join('\n');
}

function wavesOf(plan: Plan, view: View): string {
  const { style, verbose } = view;
  const facts = [
    count(plan.tasks.length, 'task'),
    count(plan.waves.length, 'wave'),
    `manifest ${plan.variant}`,
    clip(plan.techSpec ?? '', 80),
  ];
  const head = `${style.bold(printable(plan.title))}  ${style.dim(facts.filter(Boolean).join(' · '))}\n`;
  const brief = !verbose && plan.tasks.length > MAX_TASKS;
  const short = shortNames(plan.tasks.map(({ id }) => id));
  const waves = plan.waves.map((wave) => waveLines(wave, plan, { ...view, brief, short }));
  const installed = plan.dependencies.map(
    ({ ecosystem, action, packages }) =>
      `  ${ecosystem} ${action}: ${clip(printable(packages.join(', ')), verbose ? Number.POSITIVE_INFINITY : MAX_TEXT)}\n`,
  );
  const dependencies =
    installed.length > 0 ? `${style.bold('Installed before the first task')}\n${installed.join('')}` : '';
  return `${head}${waves.join('')}${dependencies}`;
}

function waveLines(
  wave: Wave,
  plan: Plan,
  { style, width, verbose, brief, short }: View & { brief: boolean; short(id: string): string },
): string {
  const name = wave.name ? ` · ${printable(wave.name)}` : '';
  const lines = [`${style.bold(`Wave ${wave.number}`)}${name}: ${count(wave.tasks.length, 'task')}`];
  const ids = new Set(wave.tasks);
  const tasks = brief ? [] : plan.tasks.filter(({ id }) => ids.has(id));
  const column = Math.min(28, Math.max(0, ...tasks.map(({ id }) => id.length)));
  for (const { id, title, deps } of tasks) {
    const head = printable(`  ${id.padEnd(column)}  ${title === id ? '' : title}`).trimEnd();
    const after = deps.length > 0 ? `after ${deps.map(short).map(printable).join(', ')}` : '';
    if (head.length + 2 + after.length <= width) lines.push(`${head}${after && `  ${style.dim(after)}`}`);
    else
      lines.push(
        head,
        ...wrapWords(after, width - column - 4).map((line) => `${' '.repeat(column + 4)}${style.dim(line)}`),
      );
  }
  return `${[...lines, ...validationLines(wave, { style, width, verbose })].join('\n')}\n`;
}

function validationLines({ validation }: Wave, { style, width, verbose }: View): string[] {
  if (!validation) return [`  ${style.dim('no validation')}`];
  const text = clip(printable(validation.command.replace(/\n/g, '⏎')), verbose ? Number.POSITIVE_INFINITY : MAX_TEXT);
  const [first, ...rest] = wrapWords(`${validation.kind}: ${text}`, width - 14);
  return [`  ${style.dim('validation')}  ${first}`, ...rest.map((line) => `${' '.repeat(14)}${line}`)];
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
