import { type Language, languageOf } from '../../syntax/languages.ts';
import { parse, type Tree } from '../../syntax/parse.ts';
import type { Endpoint } from './endpoint.ts';
import { goEndpoints } from './go/endpoints.ts';
import { javascriptEndpoints } from './javascript/endpoints.ts';
import { pythonEndpoints } from './python/endpoints.ts';

/** Who reads what, by language. */
const READERS: { languages: Language[]; read: (trees: ReadonlyMap<string, Tree>) => Endpoint[] }[] = [
  { languages: ['javascript', 'typescript', 'tsx'], read: javascriptEndpoints },
  { languages: ['python'], read: pythonEndpoints },
  { languages: ['go'], read: goEndpoints },
];

/** Everything that these files answer to, as far as it can be read off them. By path and text. */
export async function endpointsIn(files: Readonly<Record<string, string>>): Promise<Endpoint[]> {
  const found: Endpoint[] = [];
  for (const { languages, read } of READERS) {
    const trees = new Map<string, Tree>();
    for (const [path, text] of Object.entries(files)) {
      const language = languageOf(path);
      const tree = language && languages.includes(language) ? await parse(text, language) : null;
      if (tree) trees.set(path, tree);
    }
    if (trees.size > 0) found.push(...read(trees));
    for (const tree of trees.values()) tree.delete();
  }
  return found;
}
