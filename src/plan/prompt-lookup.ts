import type { Findings } from './findings.ts';
import { unsafePath } from './safety.ts';
import { type Located, show } from './text.ts';

interface Wanted {
  /** `prompt_file` of the manifest. */
  promptFile: Located<string> | undefined;
  /** The id, and other names the task goes by, best first. */
  names: readonly string[];
}

export type FindPrompt = (wanted: Wanted, found: Findings) => { file: string; text: string } | undefined;

/** Finds a task's prompt: `prompt_file`, a file of its exact id, of its numeric stem, the only one that goes on from that stem. */
export function promptFinder(files: ReadonlyMap<string, string>): FindPrompt {
  const byStem = new Map<string, string[]>();
  let any = false;
  for (const file of files.keys()) {
    const name = /^prompts\/([^/]+)\.txt$/.exec(file)?.[1];
    any ||= name !== undefined;
    const stem = name && numericStem(name);
    if (stem) byStem.set(stem, [...(byStem.get(stem) ?? []), file]);
  }
  const read = (file: string) => {
    const text = files.get(file);
    return text === undefined ? undefined : { file, text };
  };
  return ({ promptFile, names }, found) => {
    const asked = promptFile && readAsked(promptFile, read, found);
    if (asked || !any) return asked;
    for (const name of names) {
      const exact = read(`prompts/${name}.txt`);
      if (exact) return exact;
    }
    for (const stem of new Set(names.map(numericStem))) {
      if (stem === undefined) continue;
      const exact = read(`prompts/${stem}.txt`);
      if (exact) return exact;
      const only = byStem.get(stem);
      if (only?.length === 1) return read(only[0]!);
    }
    return undefined;
  };
}

function readAsked(
  { value, line, column }: Located<string>,
  read: (file: string) => { file: string; text: string } | undefined,
  found: Findings,
): { file: string; text: string } | undefined {
  const at = { file: 'manifest.json', line, column };
  const reason = unsafePath(value);
  if (reason) {
    found.error('unsafe-path', at, `the prompt file ${show(value)} ${reason}`, { hint: 'write prompts/task-001.txt' });
    return undefined;
  }
  const prompt = read(value.replace(/^\.\//, '')) ?? read(`prompts/${value}`);
  if (!prompt) {
    found.note(
      'missing-prompt',
      at,
      `the prompt file ${show(value)} is not there; the prompt is generated from the task`,
    );
  }
  return prompt;
}

/** `task-001` of `task-001-users`; undefined without a number. */
function numericStem(name: string): string | undefined {
  return /^(?:[A-Za-z]+-)?\d+(?=-|$)/.exec(name)?.[0];
}
