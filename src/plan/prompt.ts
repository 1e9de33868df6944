import { oneLine } from '../run/describe.ts';
import type { ScopeEntry } from '../scope/scope.ts';
import type { ContractFile, Plan, Task } from './plan.ts';
import { block, findSections, quoted, SECTIONS, type Section } from './prompt-sections.ts';
import { COMPLETION_SIGNAL, EXECUTION_INSTRUCTIONS, IMPORTANT_RULES, OUTPUT_FORMAT } from './prompt-texts.ts';

/** Characters of one contract that go into a prompt. */
const MAX_CONTRACT = 65_536;

const NONE = 'None.';
const OPEN = 'Whatever the objective needs, outside of DO NOT MODIFY.';

/** The whole prompt of a task, made from the plan: header, then every section in order. The same plan gives the same bytes. */
export function generatePrompt(plan: Plan, task: Task): string {
  return [header(task), ...SECTIONS.map((section) => block(section, sectionBody(section, plan, task)))].join('\n');
}

/**
 * The prompt a run gives to the agent: the file of the plan when there is one (and `fresh` does not ask for another), else a
 * generated one. OUTPUT FORMAT is added at the end when a given prompt says nothing of it.
 */
export function promptOf(plan: Plan, task: Task, { fresh = false }: { fresh?: boolean } = {}): string {
  const given = task.prompt?.text ?? '';
  if (fresh || given.trim() === '') return generatePrompt(plan, task);
  const asksForOutput =
    given.includes('"task_completed"') ||
    findSections(given).some(({ section }) => section === 'OUTPUT FORMAT (REQUIRED)');
  return asksForOutput ? given : joined(given, block('OUTPUT FORMAT (REQUIRED)', outputFormat(task)));
}

/** A prompt for a further attempt: as before, and at its end what is known about the last one. */
export function retryPrompt(prompt: string, attempt: number, evidence: string): string {
  const body = `This is attempt ${attempt} at this task. What follows was measured, and wins over what an earlier attempt said of itself.\n\n${quoted(evidence)}`;
  return joined(prompt, block('PREVIOUS ATTEMPT', body));
}

/** For a session that was cut off and goes on: its agent knows the task already. */
export function goOnPrompt(limit?: { text: string }): string {
  const why = limit ? 'a usage limit of the account' : 'a limit on what the run may cost';
  return `You were cut off by ${why}, through no fault of yours. It is over: go on with the task where you stopped.

Your workspace stands as you left it. What you had not committed was committed for you; \`git log\` and \`git status\` show where you
are. Finish as you were asked to: commit your work, touch .claude-task-complete, and end with the JSON block.
`;
}

/** A prompt for a task that was granted more than its scope; as it was when there is nothing. */
export function extendedPrompt(prompt: string, granted: readonly string[]): string {
  if (granted.length === 0) return prompt;
  const list = granted.map((entry) => `- ${oneLine(entry, 4096)}`).join('\n');
  const body = `You may create and modify these, too. This section wins over FILES TO CREATE and FILES TO MODIFY.\n\n${list}`;
  return joined(prompt, block('SCOPE EXTENSION', body));
}

/** A prompt for a task whose agent shares a checkout with others; as it was when there are no such directories. */
export function placedPrompt(prompt: string, directories: readonly string[] | undefined): string {
  if (directories === undefined) return prompt;
  const body = `Other agents work in this checkout at the same time. This section wins over everything above.

- Write only below: ${directories.join(', ')}. Everything else is read-only to you; reading it is fine.
- Do not commit, and leave branches, the index and the stash alone: what you write there is committed for you when you are done.
- When you are done: touch ${directories[0]}/.claude-task-complete (there, not at the top).`;
  return joined(prompt, block('YOUR PLACE', body));
}

/** Where the prompt of a task stands, or is to be written: relative to the plan folder, `prompts/task-001.txt`. */
export function promptFileOf(plan: Plan, task: Task): string {
  if (task.prompt) return task.prompt.file;
  const stem = stemOf(task.id);
  const taken = plan.tasks.some(
    (other) => other.id !== task.id && (stemOf(other.id) === stem || other.prompt?.file === `prompts/${stem}.txt`),
  );
  return `prompts/${taken ? task.id : stem}.txt`;
}

/** The text of one section, without its marker. */
export function sectionBody(section: Section, plan: Plan, task: Task): string {
  switch (section) {
    case 'REQUIRED SKILLS':
      return skills(task);
    case 'CONTEXT':
      return quoted(plan.context) || NONE;
    case 'OBJECTIVE':
      return quoted(task.objective) || quoted(oneLine(task.title, 500));
    case 'CONTRACTS':
      return contracts(plan, task);
    case 'FILES TO CREATE':
      return entries(task.scope.create) || (isOpen(task) ? OPEN : NONE);
    case 'FILES TO MODIFY':
      return entries(task.scope.modify) || (isOpen(task) ? OPEN : NONE);
    case 'DO NOT MODIFY':
      return boundary(task) || NONE;
    case 'IMPLEMENTATION REQUIREMENTS':
      return (
        [quoted(task.requirements), quoted(task.notes ?? '')].filter(Boolean).join('\n\n') ||
        'What the objective and the contracts ask for.'
      );
    case 'ACCEPTANCE CRITERIA':
      return (
        quoted(task.checklist) || '- The tests of what you wrote pass, and so do the tests that were there before.'
      );
    case 'EXECUTION INSTRUCTIONS':
      return EXECUTION_INSTRUCTIONS;
    case 'IMPORTANT RULES':
      return IMPORTANT_RULES;
    case 'OUTPUT FORMAT (REQUIRED)':
      return outputFormat(task);
    case 'COMPLETION SIGNAL':
      return COMPLETION_SIGNAL;
  }
}

function header(task: Task): string {
  const number = /^task-(\d+)/.exec(task.id)?.[1];
  return [
    `TASK-${number ?? task.id}: ${oneLine(task.title, 300)}`,
    ...(number === undefined || task.id === `task-${number}` ? [] : [`Id: ${task.id}`]),
    `Agent: ${oneLine(task.agent ?? 'any', 200)}`,
    `Wave: ${task.wave}`,
    `Dependencies: ${task.deps.join(', ') || 'None'}`,
    ...(task.techSpec === undefined ? [] : [`Tech Spec: ${oneLine(task.techSpec, 200)}`]),
    '',
  ].join('\n');
}

function skills(task: Task): string {
  if (task.skills.length === 0) return NONE;
  const list = task.skills.map((skill) => `- ${oneLine(skill, 200)}`).join('\n');
  return `Before you start, invoke these skills, where your tool has them, to load best practices:\n${list}\n\nInvoke skills using: skill: "plugin:skill-name"`;
}

function contracts(plan: Plan, task: Task): string {
  if (task.contracts.length === 0) return NONE;
  const named = task.contracts.map((path) => ({ path, file: contractAt(plan, path) }));
  const parts = named.map(({ path, file }) =>
    file ? inlined(file) : `- ${oneLine(path, 500)}: a file of the repository; read it there, if it is there.`,
  );
  return `Read these before you implement. They are design documents: honour their names and types exactly.\n\n${parts.join('\n\n')}`;
}

/** The plan's file behind a path as a task writes it: `contracts/types.py`, `./contracts/types.py`, `types.py`, `parallel/X/contracts/types.py`. */
function contractAt(plan: Plan, path: string): ContractFile | undefined {
  const clean = path.replace(/^(?:\.\/)+/, '');
  return (
    plan.contracts.find((file) => file.path === clean || file.path === `contracts/${clean}`) ??
    plan.contracts.find((file) => clean.endsWith(`${plan.name}/${file.path}`))
  );
}

function inlined({ path, text }: ContractFile): string {
  const cut = text.length > MAX_CONTRACT;
  const shown = quoted(cut ? text.slice(0, MAX_CONTRACT).replace(/[\ud800-\udbff]$/, '') : text);
  const note = cut ? `\n(cut after the first 64 KB of ${Math.ceil(text.length / 1024)} KB)` : '';
  const fence = fenceFor(shown);
  return `- ${oneLine(path, 500)}:\n${fence}\n${shown}\n${fence}${note}`;
}

/** Longer than any fence in the text. */
function fenceFor(text: string): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

function entries(list: readonly ScopeEntry[]): string {
  return list
    .map(({ pattern, symbol, note }) => {
      const path = oneLine(symbol === undefined ? pattern : `${pattern}::${symbol}`, 4096);
      return note === undefined ? `- ${path}` : `- ${path} (${oneLine(note, 500)})`;
    })
    .join('\n');
}

/** Without any CREATE and MODIFY only BOUNDARY restricts. */
function isOpen({ scope }: Task): boolean {
  return scope.create.length === 0 && scope.modify.length === 0;
}

function boundary(task: Task): string {
  const prose = task.scope.prose.map((line) => `- ${oneLine(line, 1000)}`).join('\n');
  return [entries(task.scope.boundary), prose].filter(Boolean).join('\n');
}

/** A task of the older shape brings its own section; it counts when it asks for the block we read. */
function outputFormat(task: Task): string {
  const own = quoted(task.outputFormat);
  if (own.includes('"task_completed"')) return own;
  return own === '' ? OUTPUT_FORMAT : `${own}\n\n${OUTPUT_FORMAT}`;
}

function joined(text: string, addition: string): string {
  return `${text}${/\n\s*\n$/.test(text.slice(-100)) ? '' : text.endsWith('\n') ? '\n' : '\n\n'}${addition}`;
}

function stemOf(id: string): string {
  return /^(?:[A-Za-z]+-)?\d+(?=-|$)/.exec(id)?.[0] ?? id;
}
