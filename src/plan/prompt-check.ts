import type { Plan, PlanSource, Task } from './plan.ts';
import { sectionBody } from './prompt.ts';
import { block, CRITICAL, type Found, findSections, OPTIONAL, SECTIONS, type Section } from './prompt-sections.ts';

/** What a prompt says of one section. */
export interface SectionCheck {
  section: Section;
  present: boolean;
  /** Missing, it keeps an agent from working unattended. */
  critical: boolean;
  /** False where a run adds what is missing. */
  required: boolean;
  /** 1-based line of its marker; null when absent. */
  line: number | null;
}

/** Looks for every section of a prompt, in the order they should have. */
export function checkPrompt(text: string): SectionCheck[] {
  const found = new Map(findSections(text).map((each) => [each.section, each.line]));
  return SECTIONS.map((section) => ({
    section,
    present: found.has(section),
    critical: CRITICAL.has(section),
    required: !OPTIONAL.has(section),
    line: found.get(section) ?? null,
  }));
}

/** Whether a prompt has all it must have. */
export function isValidPrompt(text: string): boolean {
  return checkPrompt(text).every(({ present, required }) => present || !required);
}

/** One prompt file of a plan folder. */
export interface PromptReport {
  /** Relative to the plan folder. */
  file: string;
  /** Id of the task that uses it; null when none does. */
  task: string | null;
  valid: boolean;
  sections: SectionCheck[];
  /** Why it could not be read; its sections are empty then. */
  problem?: string;
}

/** Looks at every prompt of a plan folder: those of its tasks, and whatever else is in `prompts/`. Sorted by file. */
export function reportPrompts({ files, unreadable = [] }: PlanSource, plan: Plan | null): PromptReport[] {
  const tasks = new Map((plan?.tasks ?? []).flatMap(({ id, prompt }) => (prompt ? [[prompt.file, id] as const] : [])));
  const isPrompt = (file: string) => tasks.has(file) || /^prompts\/[^/]+\.txt$/.test(file);
  const read = [...files].filter(([file]) => isPrompt(file));
  const reports = read.map(
    ([file, text]): PromptReport => ({
      file,
      task: tasks.get(file) ?? null,
      valid: isValidPrompt(text),
      sections: checkPrompt(text),
    }),
  );
  const broken = unreadable.filter(({ file }) => isPrompt(file));
  const problems = broken.map(
    ({ file, message }): PromptReport => ({ file, task: null, valid: false, sections: [], problem: message }),
  );
  return [...reports, ...problems].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * A prompt with its missing sections added, made from the plan. Each stands behind every section that should precede it, so that
 * IMPORTANT RULES never come before CONTEXT. All that was there stays byte for byte.
 */
export function fixPrompt(plan: Plan, task: Task, text: string): string {
  const found = findSections(text);
  const insertions = new Map<number, string[]>();
  for (const section of SECTIONS) {
    if (found.some((each) => each.section === section)) continue;
    const at = placeFor(section, found, text.length);
    insertions.set(at, [...(insertions.get(at) ?? []), block(section, sectionBody(section, plan, task))]);
  }
  return insert(text, insertions);
}

/** The end of the last section that should precede it; without one, the first section's marker. */
function placeFor(section: Section, found: Found[], end: number): number {
  const rank = SECTIONS.indexOf(section);
  const last = found.findLastIndex((each) => SECTIONS.indexOf(each.section) < rank);
  return found[last + 1]?.offset ?? end;
}

function insert(text: string, insertions: Map<number, string[]>): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  let fixed = '';
  let from = 0;
  for (const [at, blocks] of [...insertions].sort((a, b) => a[0] - b[0])) {
    const before = text.slice(from, at);
    const added = blocks.join('\n').replaceAll('\n', eol);
    const gap = at === 0 || before === '' ? '' : /\n\r?\n$/.test(before) ? '' : before.endsWith('\n') ? eol : eol + eol;
    fixed += before + gap + added + (at < text.length ? eol : '');
    from = at;
  }
  return fixed + text.slice(from);
}
