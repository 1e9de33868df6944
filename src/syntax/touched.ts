import type { FileSymbols, Touched } from '../scope/symbols.ts';
import { type Language, languageOf } from './languages.ts';
import { type DefinedSymbol, type Outline, outlineOf, type Piece } from './outline.ts';
import { parse } from './parse.ts';

/** A changed file: its text at the base and now, null where it is not there. */
export interface ChangedText {
  path: string;
  before: string | null;
  after: string | null;
}

/** Which parts of a file a diff touches. */
export async function touchedIn({ path, before, after }: ChangedText): Promise<FileSymbols> {
  const language = languageOf(path);
  if (language === null) return { unknown: 'there is no grammar for it' };
  const old = await readOutline(before ?? '', language);
  const now = await readOutline(after ?? '', language);
  if (old === null) return { unknown: 'it is too large to be parsed' };
  if (now === null) return { unknown: 'it is too large to be parsed', broken: true };
  // Grammars have gaps: what could not be read before is no doing of the diff.
  if (now.error !== null && old.error === null) return { unknown: `line ${now.error} does not parse`, broken: true };
  const touched = compareOutlines(old, now);
  const isWording = touched.length === 0 && before !== after && sameImports(old, now);
  return { touched, ...(isWording && { wording: true }) };
}

function sameImports(before: Outline, after: Outline): boolean {
  const hashes = ({ imports }: Outline) => imports.map(({ hash }) => hash).join(' ');
  return hashes(before) === hashes(after);
}

/** A definition as it stands in a file. */
export type Definition = Pick<DefinedSymbol, 'namespaces' | 'kind' | 'line'> & { symbol: string };

/** All definitions of a text, in its order; what is defined twice stands there twice. Null when it does not parse. */
export async function definitionsIn({ path, text }: { path: string; text: string }): Promise<Definition[] | null> {
  const language = languageOf(path);
  const outline = language && (await readOutline(text, language));
  if (!outline) return null;
  const own = outline.symbols.filter(({ open }) => !open);
  return own.map(({ path: symbol, namespaces, kind, line }) => ({ symbol, namespaces, kind, line }));
}

async function readOutline(text: string, language: Language): Promise<Outline | null> {
  const tree = await parse(text, language);
  if (tree === null) return null;
  try {
    return outlineOf(tree, text, language);
  } finally {
    tree.delete();
  }
}

/** What differs between two outlines: definitions in the order of the text as it is now, then what is gone, then the rest. */
function compareOutlines(before: Outline, after: Outline): Touched[] {
  const old = byPath(before.symbols);
  const now = byPath(after.symbols);
  const touched = [...now].flatMap(([path, symbols]) => compare(old.get(path) ?? [], symbols));
  const gone = [...old].flatMap(([path, symbols]) => (now.has(path) ? [] : compare(symbols, [])));
  return [...touched, ...gone, ...compareRest(before.rest, after.rest)];
}

function byPath(symbols: readonly DefinedSymbol[]): Map<string, DefinedSymbol[]> {
  const all = new Map<string, DefinedSymbol[]>();
  for (const symbol of symbols) {
    const same = all.get(symbol.path);
    if (same) same.push(symbol);
    else all.set(symbol.path, [symbol]);
  }
  return all;
}

/** Definitions of one path, overloads: equal ones belong together wherever they stand, the others in their order. */
function compare(before: readonly DefinedSymbol[], after: readonly DefinedSymbol[]): Touched[] {
  const left = [...before];
  const changed = after.filter(({ hash }) => {
    const same = left.findIndex((each) => each.hash === hash);
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  const pairs = changed.map((symbol) => {
    const kin = left.findIndex(({ kind }) => kind === symbol.kind);
    const [old] = kin >= 0 ? left.splice(kin, 1) : left.splice(0, Number(before.length === 1 && after.length === 1));
    return { symbol, change: old ? ('modified' as const) : ('added' as const) };
  });
  const all = [...pairs, ...left.map((symbol) => ({ symbol, change: 'removed' as const }))];
  // The members of what is only open say it themselves.
  return all.flatMap(({ symbol: { path, namespaces, line, open }, change }) =>
    open && change !== 'modified' ? [] : [{ symbol: path, namespaces, change, line }],
  );
}

/** Statements outside of definitions, in their order: one of them is told. */
function compareRest(before: readonly Piece[], after: readonly Piece[]): Touched[] {
  const differs = after.findIndex(({ hash }, index) => hash !== before[index]?.hash);
  if (differs < 0 && before.length === after.length) return [];
  const known = new Set(before.map(({ hash }) => hash));
  const line = (after.find(({ hash }) => !known.has(hash)) ?? after[differs] ?? after.at(-1))?.line ?? 1;
  return [{ symbol: null, namespaces: 0, change: 'modified', line }];
}
