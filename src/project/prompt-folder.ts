import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Plan } from '../plan/plan.ts';
import { generatePrompt, promptFileOf } from '../plan/prompt.ts';
import { fixPrompt, isValidPrompt } from '../plan/prompt-check.ts';
import { generateIndex, isGeneratedIndex, PROMPT_INDEX } from '../plan/prompt-index.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** What became of one prompt. Paths are relative to the plan folder. */
export interface PromptChange {
  file: string;
  task: string;
  action: 'written' | 'kept' | 'unchanged' | 'fixed';
  /** Where the text that was there before stands now. */
  backup?: string;
}

/** Writes the prompts that are not there; never touches one that is. */
export function writeMissingPrompts(dir: string, plan: Plan): PromptChange[] {
  return plan.tasks.map((task) => {
    const file = promptFileOf(plan, task);
    const kept = task.prompt !== undefined || !writeNew(inside(dir, file), generatePrompt(plan, task));
    return { file, task: task.id, action: kept ? 'kept' : 'written' };
  });
}

/** Writes all prompts anew; those that differ from what was there are first copied to `prompts.backup-<time>/`. */
export function regeneratePrompts(dir: string, plan: Plan, at: Date): PromptChange[] {
  let backups: string | null = null;
  return plan.tasks.map((task) => {
    const file = promptFileOf(plan, task);
    const path = inside(dir, file);
    const text = generatePrompt(plan, task);
    if (!existsSync(path)) {
      writeFileAtomic(path, text);
      return { file, task: task.id, action: 'written' };
    }
    if (readFileSync(path, 'utf8') === text) return { file, task: task.id, action: 'unchanged' };
    backups ??= newFolder(dir, `prompts.backup-${at.toISOString().replace(/[:.]/g, '-')}`);
    const backup = `${backups}/${file.replace(/^prompts\//, '')}`;
    mkdirSync(dirname(join(dir, backup)), { recursive: true });
    copyFileSync(path, join(dir, backup), constants.COPYFILE_EXCL);
    writeFileAtomic(path, text);
    return { file, task: task.id, action: 'written', backup };
  });
}

/** Adds what invalid prompts of the plan's tasks lack; the old text is kept in `<file>.backup`, or `.backup.2` and so on. */
export function fixPrompts(dir: string, plan: Plan): PromptChange[] {
  return plan.tasks.flatMap((task): PromptChange[] => {
    if (!task.prompt || isValidPrompt(task.prompt.text)) return [];
    const { file, text } = task.prompt;
    const path = inside(dir, file);
    const backup = copyAside(dir, file);
    writeFileAtomic(path, fixPrompt(plan, task, text));
    return [{ file, task: task.id, action: 'fixed', backup }];
  });
}

/** Writes `agent-prompts.md`, unless somebody put an own one there; tells whether the file changed. */
export function writePromptIndex(dir: string, plan: Plan): boolean {
  const path = inside(dir, PROMPT_INDEX);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  const text = generateIndex(plan);
  if (before === text || (before !== null && !isGeneratedIndex(before))) return false;
  writeFileAtomic(path, text);
  return true;
}

/** Copies to the first of `.backup`, `.backup.2`, … that is free: an earlier backup is never overwritten. */
function copyAside(dir: string, file: string): string {
  for (let number = 1; ; number++) {
    const backup = `${file}.backup${number === 1 ? '' : `.${number}`}`;
    try {
      copyFileSync(join(dir, file), join(dir, backup), constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
  }
}

function newFolder(dir: string, name: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? name : `${name}-${number}`;
    try {
      mkdirSync(join(dir, folder));
      return folder;
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
  }
}

/** Makes a file that is not there; false when it is. */
function writeNew(path: string, text: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  }
}

/** The absolute path of a file of the plan folder; refused when a link on the way leads out of it. */
function inside(dir: string, file: string): string {
  const path = join(dir, file);
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  const root = realpathSync(dir);
  const real = realpathSync(there);
  if (real !== root && !real.startsWith(root + sep)) {
    throw new Refusal('outside-plan', `${file} leads out of the plan folder, to ${real}`, {
      exit: EXIT.planInvalid,
      where: file,
      hint: 'replace the link by a folder or a file of its own',
    });
  }
  return path;
}

function isExisting(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}
