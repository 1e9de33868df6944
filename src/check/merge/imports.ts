import { posix } from 'node:path';
import { languageOf } from '../../syntax/languages.ts';
import type { MergeFault } from './fault.ts';

/** A name that a file takes from another one. */
export interface Import {
  name: string;
  /** From 1. */
  line: number;
  /** Files that it may come from, without what stands before the packages: `shop/orders.py`. */
  from: string[];
}

/** Where a file that is imported may lie. */
export interface Texts {
  /** As it was merged; null: it is gone. */
  merged: string | null;
  /** As the side has it that imports. */
  own: string;
}

/**
 * Imports of a file that hold on its own side and on the merged tree no longer: another side renamed or removed the name.
 * @param others by path, the files that other sides changed and this one did not
 */
export function brokenImports(file: string, text: string, others: ReadonlyMap<string, Texts>): MergeFault[] {
  if (others.size === 0) return [];
  return importsIn(file, text).flatMap(({ name, line, from }) => {
    const found = [...others].find(([path]) => from.some((each) => path === each || path.endsWith(`/${each}`)));
    if (found === undefined) return [];
    const [path, { merged, own }] = found;
    const isGone = merged === null || (!says(merged, name) && !isOpen(merged));
    if (!says(own, name) || !isGone) return [];
    const message = merged === null ? `${path} is gone` : `${path} has no ${name} any more`;
    return [{ file, line, name: `${name} is no longer there`, message, because: path }];
  });
}

/** Whether a file is of a language whose imports are read here. */
export function importsNames(file: string): boolean {
  const language = languageOf(file);
  return language !== null && ['python', 'typescript', 'tsx', 'javascript'].includes(language);
}

/** What `from … import …` and `import { … } from '…'` name. */
export function importsIn(file: string, text: string): Import[] {
  if (!importsNames(file)) return [];
  return languageOf(file) === 'python' ? pythonImports(file, text) : scriptImports(file, text);
}

const FROM = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n(]+))/gm;

function pythonImports(file: string, text: string): Import[] {
  return [...text.matchAll(FROM)].flatMap((match) => {
    const [whole, dots, module, several, one] = match as unknown as [string, string, string, string?, string?];
    const path = module.replaceAll('.', '/');
    const above = dots === '' ? '' : posix.join(posix.dirname(file), '../'.repeat(dots.length - 1));
    const base = posix.join(above, path);
    const from = [`${base}.py`, `${base}/__init__.py`];
    const list = several ?? one!;
    const names = list.replace(/#.*$/gm, (comment) => ' '.repeat(comment.length));
    return namesIn(names, { text, at: match.index + whole.indexOf(list), from });
  });
}

const NAMED = /^[ \t]*(?:import|export)\b[^'"{};]*\{([^}]*)\}[ \t\n]*from[ \t]*['"](\.[^'"]*)['"]/gm;

function scriptImports(file: string, text: string): Import[] {
  return [...text.matchAll(NAMED)].flatMap((match) => {
    const [whole, names, specifier] = match as unknown as [string, string, string];
    const path = posix.join(posix.dirname(file), specifier);
    const stem = path.replace(/\.[cm]?[jt]sx?$/, '');
    const endings = ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'];
    const from = endings.flatMap((ending) => [`${stem}.${ending}`, `${stem}/index.${ending}`]);
    return namesIn(names, { text, at: match.index + whole.indexOf('{') + 1, from });
  });
}

/** `a, type b as c` with the line of each. */
function namesIn(list: string, { text, at, from }: { text: string; at: number; from: string[] }): Import[] {
  return [...list.matchAll(/(?:^|,)\s*(?:type\s+)?([A-Za-z_$][\w$]*)/g)].map((match) => {
    const name = match[1]!;
    const place = at + match.index + match[0].lastIndexOf(name);
    return { name, line: text.slice(0, place).split('\n').length, from };
  });
}

const says = (text: string, name: string) =>
  new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text);

/** It may have names that do not stand in it. */
const isOpen = (text: string) => /import \*|export \*|__getattr__/.test(text);
