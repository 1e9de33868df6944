import { type ConflictFacts, conflictEvidence } from '../run/conflict-evidence.ts';
import { oneLine } from '../run/describe.ts';
import type { Failure } from '../run/failure.ts';
import { indentedHead, indentedList } from '../run/indented.ts';
import type { Task } from './plan.ts';
import { block, findSections } from './prompt-sections.ts';
import { COMPLETION_SIGNAL, OUTPUT_FORMAT } from './prompt-texts.ts';

/** A task on one side of a conflict. */
export interface Side {
  task: Pick<Task, 'id' | 'title'>;
  /** What its own agent was told. */
  prompt: string;
  /** What that agent says that it did. */
  summary: string | null;
}

export interface Resolving {
  /** Whose work is merged. */
  own: Side;
  /** Whose work is there already. */
  others: readonly Side[];
  attempt: number;
  failure: Extract<Failure, { code: 'merge-conflict' }>;
  /** Absent when the commits cannot be read. */
  conflict: ConflictFacts | undefined;
}

/** Characters of one task's prompt. */
const MAX_PROMPT = 12_000;
const MAX_OTHERS = 3;

/** The prompt of an agent that resolves a conflict in a workspace which stands in the middle of the merge. */
export function resolvePrompt({ own, others, attempt, failure, conflict }: Resolving): string {
  const { id, title } = own.task;
  const sections = [
    `RESOLVE A CONFLICT: ${oneLine(title, 300)}\nId: ${id}\nAttempt: ${attempt}\n`,
    block('CONTEXT', context({ own, others })),
    block('OBJECTIVE', objective({ own, failure, conflict })),
    block('EXECUTION INSTRUCTIONS', INSTRUCTIONS),
    block('IMPORTANT RULES', RULES),
    block('OUTPUT FORMAT (REQUIRED)', OUTPUT_FORMAT),
    block('COMPLETION SIGNAL', COMPLETION_SIGNAL),
  ];
  return sections.join('\n');
}

function context({ own, others }: Pick<Resolving, 'own' | 'others'>): string {
  const shown = others.slice(0, MAX_OTHERS);
  const more = others.length - shown.length;
  return [
    'Several agents work on one repository at the same time, each on a task of its own. What follows in this section are the tasks on both sides of a conflict: read what each was for. Do not carry them out again.',
    `Being merged:\n\n${side(own)}`,
    ...shown.map((other) => `There already:\n\n${side(other)}`),
    ...(more > 0 ? [`There already, too: ${more} more.`] : []),
  ].join('\n\n');
}

function side({ task, prompt, summary }: Side): string {
  const said = summary === null ? [] : [`Its agent says:\n${indentedList([summary])}`];
  return [
    `${indentedList([`${task.id}: ${task.title}`])}`,
    ...said,
    `What it was told:\n${indentedHead(about(prompt), MAX_PROMPT)}`,
  ].join('\n');
}

/** What a prompt says of its task: how its agent was to work is not for this one. */
function about(prompt: string): string {
  const how = findSections(prompt).find(({ section }) => section === 'EXECUTION INSTRUCTIONS');
  return how ? prompt.slice(0, how.offset) : prompt;
}

function objective({ own, failure, conflict }: Pick<Resolving, 'own' | 'failure' | 'conflict'>): string {
  const said = failure.messages.length === 0 ? [] : [`What git said:\n${indentedList(failure.messages)}`];
  return [
    `Resolve the conflict between the work of ${own.task.id} and what has landed, so that both keep what they are for.`,
    'Your workspace stands in the middle of `git merge`: HEAD is what has landed, MERGE_HEAD is the finished work of the task. Git has merged what it could; the files below hold conflict markers, or are in conflict as a whole.',
    `The files:\n${indentedList(failure.paths)}`,
    ...said,
    ...(conflict ? conflictEvidence(conflict) : []),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const INSTRUCTIONS = `You work unattended: nobody reads along and nobody can answer. Never ask, never wait for confirmation; decide and go on.

1. \`git status\` lists the files in conflict. \`git show :1:FILE\` is a file before both, \`:2:FILE\` as it has landed, \`:3:FILE\` as the task has it.
2. Edit each file so that it does what both sides are for. Remove every line of a marker: <<<<<<<, |||||||, =======, >>>>>>>.
3. \`git add\` each file that you resolved, or \`git rm\` it where it is to go.
4. Run the tests of both sides, and mend what the merge broke.
5. End the merge: \`git commit --no-edit\`.

- Stay in the working directory you were started in and on its branch. Do not abort, restart or undo the merge; do not switch, rebase, reset, stash or push.
- Start nothing that waits for input or never ends; whatever you start, stop.`;

const RULES = `- Change only the files in conflict, and what has to follow from them inside of the files that one of the tasks above may write. Everything else stays as git has merged it.
- Do not drop the work of either side, weaken tests or mark them as expected to fail.
- What is left unmerged, or holds a marker, makes the whole attempt fail. Then the task is done again: say what blocks you in the output below.`;
