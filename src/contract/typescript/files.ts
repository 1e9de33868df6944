import type { SourceTree } from '../tree.ts';
import { implementations } from '../types/aside.ts';
import { namesOf } from '../types/find.ts';
import { readSources } from '../types/read-sources.ts';
import type { Source } from '../types/shape.ts';
import { importedFile } from './inherit.ts';

const MAX_DEPTH = 4;
const MAX_FILES = 400;

/** What a text of TypeScript declares or passes on: only to find files by, what is parsed counts. */
export function declaredIn(text: string): string[] {
  const declared = /\b(?:interface|type|enum|class)\s+(\w+)/g;
  const passed = /\bexport\s+(?:type\s+)?\{([^}]*)\}/g;
  return [
    ...new Set([
      ...[...text.matchAll(declared)].map((match) => match[1]!),
      ...[...text.matchAll(passed)].flatMap((match) => match[1]!.match(/\w+/g) ?? []),
    ]),
  ];
}

/** The files that declare one of these names, and those that they import types from. */
export async function typescriptFiles(
  names: readonly string[],
  contract: string,
  tree: SourceTree,
): Promise<{ declaring: Source[]; all: Source[] }> {
  const wanted = new Set(names.flatMap(namesOf));
  const holding = await tree.holding([...wanted], ['ts', 'tsx', 'mts', 'cts']);
  const sources = await readSources(tree, implementations(tree, holding, contract));
  const declaring = sources.filter(({ text }) => declaredIn(text).some((name) => wanted.has(name))).slice(0, MAX_FILES);
  return { declaring, all: await withImports(declaring, tree) };
}

async function withImports(first: Source[], tree: SourceTree): Promise<Source[]> {
  const known = new Map(first.map((source) => [source.path, source]));
  const paths = new Set(tree.files());
  let latest = first;
  for (let depth = 0; depth < MAX_DEPTH && latest.length > 0; depth++) {
    const imported = latest.flatMap((source) =>
      importsOf(source, depth > 0).flatMap((from) => importedFile(from, source.path, (each) => paths.has(each)) ?? []),
    );
    const fresh = [...new Set(imported)].filter((path) => !known.has(path)).slice(0, MAX_FILES - known.size);
    latest = await readSources(tree, fresh);
    for (const source of latest) known.set(source.path, source);
  }
  return [...known.values()];
}

/** From where comes what looks like a type; of files that are only imported, what their types extend. */
function importsOf({ text }: Source, basesOnly: boolean): string[] {
  const bases = [...text.matchAll(/\bextends\s+([^{]*)\{|=\s*([\w\s&]*)&/g)]
    .map(([, heads, parts]) => heads ?? parts)
    .join(' ');
  const isUsed = (name: string) => (basesOnly ? new RegExp(`\\b${name}\\b`).test(bases) : /^[A-Z]/.test(name));
  const imports = text.matchAll(/\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"](\.[^'"]+)['"]/g);
  return [...imports].flatMap(([, list, from]) => ((list!.match(/\w+/g) ?? []).some(isUsed) ? [from!] : []));
}
