import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic, Plan } from '../plan/plan.ts';
import { filesWithNamedSymbols, missingSymbols } from '../plan/symbol-existence.ts';
import { workTreeOf } from '../project/plan-folder.ts';
import { inspectDefinitions } from '../syntax/inspect.ts';
import { languageOf } from '../syntax/languages.ts';
import { MAX_TEXT } from '../syntax/limits.ts';

/** Symbols that the plan in this folder wants modified and that the work tree does not have. Starts a process only when it names some. */
export async function symbolNotes(plan: Plan, dir: string): Promise<Diagnostic[]> {
  const root = workTreeOf(dir);
  if (root === undefined) return [];
  const texts = new Map<string, string>();
  for (const path of filesWithNamedSymbols(plan.tasks)) {
    const text = languageOf(path) === null ? null : readText(join(root, path));
    if (text !== null) texts.set(path, text);
  }
  return missingSymbols(plan.tasks, await inspectDefinitions(texts));
}

function readText(path: string): string | null {
  try {
    const found = lstatSync(path);
    return found.isFile() && found.size <= MAX_TEXT ? readFileSync(path, 'utf8') : null;
  } catch {
    return null; // a file that is not there has a note of its own
  }
}
