import type { SourceTree } from '../tree.ts';
import { implementations } from '../types/aside.ts';
import { namesOf } from '../types/find.ts';
import { readSources } from '../types/read-sources.ts';
import type { Source } from '../types/shape.ts';
import { importedFiles } from './inherit.ts';

/** Files that inherit from files that inherit, and how many of all; more is no code of one contract. */
const MAX_DEPTH = 4;
const MAX_FILES = 400;

/** What a text of Python declares outside of functions: only to find files by, what is parsed counts. */
export function declaredIn(text: string): string[] {
  const declared = /^[ \t]*class[ \t]+(\w+)|^([A-Z]\w*)[ \t]*(?::[^=\n]*)?=(?!=)|^type[ \t]+(\w+)/gm;
  return [...new Set([...text.matchAll(declared)].map((match) => (match[1] ?? match[2] ?? match[3])!))];
}

export interface Wanted {
  /** Any of these is in the text of a file that matters. */
  words: readonly string[];
  /** Whether such a text declares something that matters. */
  isDeclaring(text: string): boolean;
  /** The contract's path. */
  contract: string;
}

/** The files that declare what is wanted, and those from which their classes inherit. */
export async function pythonFiles({ words, isDeclaring, contract }: Wanted, tree: SourceTree): Promise<Source[]> {
  const holding = await tree.holding(words, ['py']);
  const sources = await readSources(tree, implementations(tree, holding, contract));
  return withImports(sources.filter(({ text }) => isDeclaring(text)).slice(0, MAX_FILES), tree);
}

/** What is wanted is some names, or what is called alike. */
export function declaring(names: readonly string[], contract: string): Wanted {
  const wanted = new Set(names.flatMap(namesOf));
  return { words: [...wanted], isDeclaring: (text) => declaredIn(text).some((name) => wanted.has(name)), contract };
}

async function withImports(first: Source[], tree: SourceTree): Promise<Source[]> {
  const known = new Map(first.map((source) => [source.path, source]));
  const python = tree.files().filter((path) => path.endsWith('.py'));
  let latest = first;
  for (let depth = 0; depth < MAX_DEPTH && latest.length > 0; depth++) {
    const paths = latest.flatMap((source) =>
      importsOf(source, depth > 0).flatMap((from) => importedFiles(from, source.path, python)),
    );
    const fresh = [...new Set(paths)].filter((path) => !known.has(path)).slice(0, MAX_FILES - known.size);
    latest = await readSources(tree, fresh);
    for (const source of latest) known.set(source.path, source);
  }
  return [...known.values()];
}

/** The modules from which comes what looks like a class; of files that only give bases, those of their bases. */
function importsOf({ path, text }: Source, isImported: boolean): string[] {
  // A package passes on what others have.
  const basesOnly = isImported && !path.endsWith('__init__.py');
  const bases = [...text.matchAll(/^[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)/gm)].map((match) => match[1]!).join(' ');
  const isUsed = (name: string) => (basesOnly ? new RegExp(`\\b${name}\\b`).test(bases) : /^[A-Z]/.test(name));
  const imports = text.matchAll(/^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n]*))/gm);
  return [...imports].flatMap(([, module, list, line]) => {
    const names = (list ?? line!).replaceAll(/#.*/g, '').match(/\w+|\*/g) ?? [];
    return names.some((name) => name === '*' || (name !== 'as' && isUsed(name))) ? [module!] : [];
  });
}
