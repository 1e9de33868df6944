import type { Git } from '../git/git.ts';
import type { Inspection } from '../git/inspect.ts';
import { isTreePath, readObjects } from '../git/objects.ts';
import type { Oid } from '../run/event.ts';
import type { Change, Scope } from '../scope/scope.ts';
import { type FileSymbols, filesWithSymbols, type SymbolFacts } from '../scope/symbols.ts';
import { inspectSymbols } from '../syntax/inspect.ts';
import { languageOf } from '../syntax/languages.ts';
import type { ChangedText } from '../syntax/touched.ts';

/**
 * Which parts were touched of the changed files in which a scope names symbols. Only a task with such a scope pays for it: a git
 * call, and a process that parses.
 */
export async function symbolsTouched(
  git: Git,
  scope: Scope,
  { changes, from, head }: Pick<Inspection, 'changes' | 'from'> & { head: Oid },
): Promise<SymbolFacts> {
  const named = new Set(filesWithSymbols(scope, changes));
  const files = changes.filter(({ path }) => named.has(path));
  const texts = await readTexts(git, files.filter(isParsed), { from, head });
  const facts = new Map<string, FileSymbols>(files.map((file) => [file.path, { unknown: whyNot(file) }]));
  const readable = texts.filter((each) => each !== null);
  for (const [path, found] of readable.length > 0 ? await inspectSymbols(readable) : []) facts.set(path, found);
  return facts;
}

function isParsed({ path, kind }: Change): boolean {
  return languageOf(path) !== null && kind !== 'type-changed' && isTreePath(path);
}

function whyNot(file: Change): string {
  if (file.kind === 'type-changed') return 'it is no longer what it was';
  return isParsed(file) ? 'it is no text, or too large' : 'there is no grammar for it';
}

async function readTexts(
  git: Git,
  files: readonly Change[],
  { from, head }: { from: Oid; head: Oid },
): Promise<(ChangedText | null)[]> {
  const names = files.flatMap(({ path, kind }) => [
    ...(kind === 'added' ? [] : [`${from}:${path}`]),
    ...(kind === 'deleted' ? [] : [`${head}:${path}`]),
  ]);
  const objects = await readObjects(git, names);
  const textAt = (name: string) => {
    const bytes = objects.get(name)?.bytes;
    return bytes && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
  };
  return files.map(({ path, kind }) => {
    const before = kind === 'added' ? null : textAt(`${from}:${path}`);
    const after = kind === 'deleted' ? null : textAt(`${head}:${path}`);
    return before === undefined || after === undefined ? null : { path, before, after };
  });
}
