import type { Diagnostic, Level } from '../../plan/plan.ts';
import { printable } from '../../plan/text.ts';
import { count, type Style } from '../style.ts';

interface View {
  /** The plan folder as the user can type it. */
  folder: string;
  verbose: boolean;
  style: Style;
}

/** Longer lists are cut, unless everything is asked for. */
const MAX_FINDINGS = 200;

/** Of so many findings of one kind in one file the first are shown; more of them say nothing new. */
const ALIKE: Record<Level, { most: number; shown: number }> = {
  error: { most: 20, shown: 20 },
  warning: { most: 20, shown: 20 },
  note: { most: 3, shown: 1 },
};

const RANK = { error: 0, warning: 1, note: 2 };

/** Findings grouped by file, a line each as compilers write it (`file:line:column level code message`), hints below. */
export function showFindings(diagnostics: readonly Diagnostic[], { folder, verbose, style }: View): string {
  const { shown, alike } = verbose
    ? { shown: diagnostics, alike: new Map<Diagnostic, number>() }
    : selection(diagnostics);
  let file: string | undefined;
  const lines = shown.map((diagnostic) => {
    const gap = file !== undefined && file !== diagnostic.file ? '\n' : '';
    file = diagnostic.file;
    const more = alike.get(diagnostic);
    const rest = more ? style.dim(`    … and ${more} more like it in this file\n`) : '';
    return gap + finding(diagnostic, folder, style) + rest;
  });
  const left = diagnostics.length - shown.length - [...alike.values()].reduce((sum, more) => sum + more, 0);
  if (left > 0) lines.push(style.dim(`… and ${count(left, 'more finding')}\n`));
  if (shown.length < diagnostics.length) lines.push(style.dim('--verbose shows them all\n'));
  return lines.join('');
}

/** Without what repeats itself, and errors before warnings before notes when there are still too many; in reading order. */
function selection(diagnostics: readonly Diagnostic[]): { shown: Diagnostic[]; alike: Map<Diagnostic, number> } {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const key = `${diagnostic.level}\n${diagnostic.file}\n${diagnostic.code}`;
    const group = groups.get(key);
    if (group) group.push(diagnostic);
    else groups.set(key, [diagnostic]);
  }
  const alike = new Map<Diagnostic, number>();
  const hidden = new Set<Diagnostic>();
  for (const group of groups.values()) {
    const { most, shown } = ALIKE[group[0]!.level];
    if (group.length <= most) continue;
    alike.set(group[shown - 1]!, group.length - shown);
    for (const diagnostic of group.slice(shown)) hidden.add(diagnostic);
  }
  const distinct = diagnostics.filter((diagnostic) => !hidden.has(diagnostic));
  const kept = new Set([...distinct].sort((a, b) => RANK[a.level] - RANK[b.level]).slice(0, MAX_FINDINGS));
  for (const diagnostic of alike.keys()) if (!kept.has(diagnostic)) alike.delete(diagnostic);
  return { shown: distinct.filter((diagnostic) => kept.has(diagnostic)), alike };
}

function finding({ file, line, column, level, code, message, hint }: Diagnostic, folder: string, style: Style): string {
  const place = printable(`${folder === '.' ? '' : `${folder}/`}${file}:${line}:${column}`);
  const text = `${style.bold(place)} ${painted(level, style)} ${style.dim(code)} ${message}\n`;
  return hint === undefined ? text : `${text}    ${style.dim('hint:')} ${hint}\n`;
}

function painted(level: Level, style: Style): string {
  return level === 'error' ? style.red(level) : level === 'warning' ? style.yellow(level) : style.cyan(level);
}
