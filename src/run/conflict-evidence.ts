import { oneLine } from './describe.ts';
import type { Oid, TaskId } from './event.ts';
import { indentedHead, indentedList } from './indented.ts';

/** What is known of a landing that conflicted, or broke checks, read from the repository. */
export interface ConflictFacts {
  /** Where the attempt began, and what it ended with. */
  base: Oid;
  head: Oid;
  /** All that it changed, as a patch. */
  patch: string;
  /** The conflicting files as git merges them, with its markers; whole. */
  merged: { path: string; text: string }[];
  /** What has landed in these files since it began, newest first. */
  landed: LandedThere[];
}

/** A landing that changed one of the files. */
export interface LandedThere {
  commit: Oid;
  /** Null: a commit that a person made on the integration branch. */
  task: TaskId | null;
  title: string;
  /** What its agent said that it did. */
  summary: string | null;
}

/** Characters of each part: a conflict is to be understood, not to drown the task. */
const MAX_SIDES = 8_000;
const MAX_PATCH = 8_000;
const MAX_SUMMARY = 600;
const MAX_LANDED = 8;
const CONTEXT_LINES = 3;

/** The parts of the evidence that tell of a conflict: whose work is on the other side, both sides, what the attempt had done. */
export function conflictEvidence({ base, head, patch, merged, landed }: ConflictFacts): string[] {
  const others = landed.slice(0, MAX_LANDED).map(describeLanded);
  const range = `${base.slice(0, 12)}..${head.slice(0, 12)}`;
  return [
    others.length === 0 ? '' : `What has landed there meanwhile:\n${others.join('\n')}`,
    bothSides(merged),
    `The earlier attempt ended with the commit ${head.slice(0, 12)}, which you can read: \`git diff ${range.replace('..', ' ')}\` is its whole work.\n${indentedHead(patch, MAX_PATCH)}`,
  ];
}

/** What to do with the earlier commits. */
export function conflictAdvice({ base, head }: ConflictFacts): string[] {
  return [
    `What does not conflict can be had again: \`git cherry-pick ${base.slice(0, 12)}..${head.slice(0, 12)}\`, or file by file with \`git show\`. Do not merge that commit.`,
  ];
}

/** The same where nothing conflicts: it fits on what has landed. */
export function earlierAdvice({ base, head }: ConflictFacts): string[] {
  return [
    `The earlier work can be had again: \`git cherry-pick ${base.slice(0, 12)}..${head.slice(0, 12)}\`. Take it, then mend what fails. Do not merge that commit.`,
  ];
}

function describeLanded({ commit, task, title, summary }: LandedThere): string {
  const who = task ?? `commit ${commit.slice(0, 12)}`;
  const said = summary === null ? '' : `; it says of itself: ${oneLine(summary, MAX_SUMMARY)}`;
  return `    ${oneLine(`${who}: ${title}`, 300)} (${commit.slice(0, 12)})${said}`;
}

function bothSides(merged: ConflictFacts['merged']): string {
  const parts: string[] = [];
  let room = MAX_SIDES;
  for (const { path, text } of merged) {
    const hunks = conflictHunks(text);
    if (hunks === '') continue;
    if (room <= 0) {
      parts.push(indentedList([`… ${path}, too`]));
      continue;
    }
    const shown = indentedHead(hunks, room);
    parts.push(`${indentedList([`--- ${path}`])}\n${shown}`);
    room -= hunks.length;
  }
  return parts.length === 0 ? '' : `Both sides, as git sees them:\n${parts.join('\n')}`;
}

/** The conflicts of a file that git merged, each with some lines around it; the markers say which side is whose. */
export function conflictHunks(text: string): string {
  const lines = text.split('\n');
  const wanted = new Set<number>();
  let open = -1;
  for (const [at, line] of lines.entries()) {
    if (/^<{7} /.test(line)) open = at;
    if (!/^>{7} /.test(line) || open < 0) continue;
    for (let near = open - CONTEXT_LINES; near <= at + CONTEXT_LINES; near++) wanted.add(near);
    open = -1;
  }
  const shown: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (!wanted.has(at)) continue;
    if (shown.length > 0 && !wanted.has(at - 1)) shown.push('[…]');
    shown.push(line.replace(/^<{7} .*/, '<<<<<<< has landed').replace(/^>{7} .*/, '>>>>>>> the earlier attempt'));
  }
  return shown.join('\n');
}
