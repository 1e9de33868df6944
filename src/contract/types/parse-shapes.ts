import { languageOf } from '../../syntax/languages.ts';
import { parse } from '../../syntax/parse.ts';
import { readPython } from '../python/read.ts';
import { readTypescript } from '../typescript/read.ts';
import type { Module, ReadShapes } from './shape.ts';

/** Parses here and now. That loads grammars into this process: `readShapes` does it in another one. */
export const parseShapes: ReadShapes = async (files) => {
  const modules = new Map<string, Module>();
  for (const { path, text, references } of files) {
    const language = languageOf(path);
    if (language !== 'python' && language !== 'typescript' && language !== 'tsx') continue;
    const tree = await parse(text, language);
    if (tree === null) continue;
    const root = tree.rootNode;
    modules.set(path, language === 'python' ? readPython(root) : readTypescript(root, references === true));
    tree.delete();
  }
  return { modules };
};
