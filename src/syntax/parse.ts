import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { Parser, type Tree, Language as TreeLanguage } from 'web-tree-sitter';
import { PACKAGE_ROOT } from '../util/package-root.ts';
import type { Language } from './languages.ts';
import { MAX_TEXT } from './limits.ts';

export type { Node, Tree } from 'web-tree-sitter';

/** Milliseconds that one file may take; ordinary code takes half a second a megabyte. */
const MAX_MS = 20_000;

/**
 * The syntax tree of a text; null when it is too large, or takes too long. Errors in the text are nodes of the tree
 * (`tree.rootNode.hasError`). Whoever is done with a tree calls `tree.delete()`: it lies in the memory of the parser, not in ours.
 *
 * Grammars are loaded when first asked for, and stay. They take memory that makes every later start of a process dearer, so
 * this runs in a short-lived process of its own, never in the one that runs agents.
 */
export async function parse(text: string, language: Language): Promise<Tree | null> {
  if (text.length > MAX_TEXT) return null;
  const parser = await parserFor(language);
  const end = performance.now() + MAX_MS;
  const tree = parser.parse(text, null, { progressCallback: () => performance.now() > end });
  if (tree === null) parser.reset(); // else the next text would go on where this one was given up
  return tree;
}

const parsers = new Map<Language, Promise<Parser>>();

/** One parser a language: they hold no state between texts. */
function parserFor(language: Language): Promise<Parser> {
  let parser = parsers.get(language);
  if (!parser) {
    parser = createParser(language);
    parsers.set(language, parser);
  }
  return parser;
}

let runtime: Promise<void> | null = null;

async function createParser(language: Language): Promise<Parser> {
  runtime ??= Parser.init();
  await runtime;
  const file = new URL(`grammars/${language}.wasm.br`, PACKAGE_ROOT);
  const parser = new Parser();
  parser.setLanguage(await TreeLanguage.load(brotliDecompressSync(readFileSync(file))));
  return parser;
}
