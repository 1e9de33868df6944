import type { Contract } from '../finding.ts';
import type { SourceTree } from '../tree.ts';
import type { Source } from './shape.ts';

/** The texts of these files; what is no source is left out. */
export async function readSources(tree: SourceTree, paths: readonly string[]): Promise<Source[]> {
  const texts = await Promise.all(paths.map((path) => tree.read(path)));
  return paths.flatMap((path, index) => (texts[index] === null ? [] : [{ path, text: texts[index]! }]));
}

/** Other contracts of the same language, which a contract may import from. */
export function siblingsIn(all: readonly Contract[] = [], { path }: Contract, ending: RegExp): Source[] {
  return all
    .filter((each) => each.path !== path && ending.test(each.path))
    .map((each) => ({ path: each.path, text: each.text }));
}
