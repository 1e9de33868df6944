import { quoted } from '../../compose/typed.ts';
import type { PromptReport } from '../../plan/prompt-check.ts';
import { printable } from '../../plan/text.ts';
import type { PromptChange } from '../../project/prompt-folder.ts';
import { count, type Style } from '../style.ts';

/** What `copse prompts` wrote and kept. */
export function showChanges(
  changes: readonly PromptChange[],
  { folder, index, style }: { folder: string; index: string | null; style: Style },
): string {
  const rows = changes.map(({ action, file, backup }) => row(action, file, backup && `before: ${backup}`, style));
  if (index !== null) rows.push(row('written', index, '', style));
  const written = changes.filter(({ action }) => action === 'written').length;
  const kept = changes.length - written;
  const head = `${style.bold(printable(folder))}: ${count(written, 'prompt')} written, ${kept} kept`;
  return `${[head, ...rows].join('\n')}\nnext: copse prompts ${quoted(folder)} --check\n`;
}

interface Checked {
  folder: string;
  reports: readonly PromptReport[];
  fixed: readonly PromptChange[];
  /** Tasks without a prompt file. */
  missing: readonly string[];
}

/** The prompts of a folder with what they lack; `verbose`: section by section. */
export function showCheck(
  { folder, reports, fixed, missing }: Checked,
  { verbose, style }: { verbose: boolean; style: Style },
): string {
  const invalid = reports.filter(({ valid }) => !valid);
  const lines = [
    ...fixed.map(({ file, backup }) => row('fixed', file, `before: ${backup}`, style)),
    ...reports.flatMap((report) => [verdictLine(report, style), ...(verbose ? sectionLines(report, style) : [])]),
  ];
  if (missing.length > 0) lines.push(style.dim(`no prompt file, made by the run: ${missing.join(', ')}`));
  const verdict =
    invalid.length === 0
      ? `${style.green('valid')}: ${count(reports.length, 'prompt')}`
      : `${style.red('not valid')}: ${invalid.length} of ${count(reports.length, 'prompt')}`;
  return `${lines.join('\n')}\n${verdict}\nnext: ${nextStep(folder, invalid)}\n`;
}

function nextStep(folder: string, invalid: readonly PromptReport[]): string {
  if (invalid.length === 0) return `copse run ${quoted(folder)}`;
  if (invalid.some(({ problem }) => problem !== undefined)) return `copse validate ${quoted(folder)}`;
  if (invalid.some(({ task }) => task !== null)) return `copse prompts ${quoted(folder)} --fix`;
  return 'remove the prompts above, which no task uses, or give them their sections by hand';
}

function verdictLine({ file, task, valid, sections, problem }: PromptReport, style: Style): string {
  const missing = sections.filter(({ present, required }) => !present && required);
  const names = missing.map(({ section, critical }) => (critical ? `${section} (critical)` : section)).join(', ');
  const why = problem ?? (missing.length > 0 ? `missing: ${names}` : '');
  const stray = task === null && problem === undefined ? ' no task uses it' : '';
  return row(valid ? 'ok' : 'invalid', file, `${why}${stray}`.trim(), style);
}

function sectionLines({ sections }: PromptReport, style: Style): string[] {
  return sections.map(({ section, present, critical, required, line }) => {
    if (present) return `    ${style.green('✓')} ${section} ${style.dim(`line ${line}`)}`;
    if (!required) return `    ${style.dim('-')} ${section} ${style.dim('added by the run')}`;
    return `    ${style.red('✗')} ${section}${critical ? style.red(' critical') : ''}`;
  });
}

function row(word: string, file: string, note: string | undefined, style: Style): string {
  const paint = word === 'invalid' ? style.red : word === 'kept' || word === 'unchanged' ? style.dim : style.green;
  return `  ${paint(word.padEnd(9))} ${printable(file)}${note ? `  ${style.dim(printable(note))}` : ''}`;
}
