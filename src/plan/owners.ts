import { compileGlob } from '../scope/glob.ts';
import { contradictionsOf, globsMeet, writesOf } from '../scope/overlap.ts';
import type { Scope, ScopeEntry } from '../scope/scope.ts';
import type { Findings } from './findings.ts';
import type { Resolve } from './ids.ts';
import type { Task, TaskId } from './plan.ts';
import { plainStart } from './spelled.ts';
import { show } from './text.ts';

/** `owned by task-004`, `owner: task-004`, `task-004 owns`. */
const OWNER =
  /\b(?:owned by|owner(?: is|:)?)\s+`?([\p{L}\p{N}][\p{L}\p{N}._-]*)|([\p{L}\p{N}][\p{L}\p{N}._-]*)\s+owns\b/iu;

/** Cross-checks notes that name an owner ("owned by task-001") against what that task may write. */
export function checkOwnerNotes(tasks: readonly Task[], resolve: Resolve, found: Findings): void {
  const byId = new Map<TaskId, Task>(tasks.map((task) => [task.id, task]));
  for (const task of tasks) {
    for (const entry of [...writesOf(task.scope), ...task.scope.boundary]) {
      const name = ownerIn(entry);
      if (name === undefined) continue;
      const at = { file: task.file, line: entry.line, column: entry.column };
      const resolved = resolve(name);
      if (!('id' in resolved)) {
        found.warning(
          'unknown-owner',
          at,
          `${show(entry.pattern)} is said to be owned by ${show(name)}, which is no task of this plan`,
        );
        continue;
      }
      const owner = byId.get(resolved.id);
      if (!owner || owner.id === task.id || mayWrite(owner, entry)) continue;
      found.warning(
        'owner-mismatch',
        at,
        `${show(entry.pattern)} is said to be owned by ${owner.id}, whose scope does not have it`,
        {
          hint: `add it to CREATE or MODIFY in ${owner.file}, or correct the note`,
        },
      );
    }
  }
}

/** The task a note names; words without a digit ("owned by the users team") are no ids. */
function ownerIn({ note }: ScopeEntry): string | undefined {
  const match = note ? OWNER.exec(note.slice(0, 500)) : null;
  const name = (match?.[1] ?? match?.[2])?.replace(/[.]+$/, '');
  return name && /\d/.test(name) ? name : undefined;
}

function mayWrite(owner: Task, entry: ScopeEntry): boolean {
  const wanted = compileGlob(entry.pattern, 'boundary');
  return writesOf(owner.scope).some(({ pattern }) => globsMeet(compileGlob(pattern), wanted) !== null);
}

/** What a task is told to write and forbidden to touch. */
export function checkContradictions(tasks: readonly Task[], found: Findings): void {
  for (const { file, scope } of tasks) {
    if (!mayMeet(scope)) continue;
    for (const { path, a, b } of contradictionsOf(scope)) {
      found.warning(
        'scope-contradiction',
        { file, line: a.line, column: a.column },
        `${show(path)} is also in the BOUNDARY (line ${b.line}), which wins`,
        {
          hint: 'remove it from one of the two',
        },
      );
    }
  }
}

/** Whether some line of the BOUNDARY begins as some other line begins; cheap, and false for nearly every task. */
function mayMeet(scope: Scope): boolean {
  const head = ({ pattern }: ScopeEntry) => plainStart(pattern);
  const written = writesOf(scope).map(head);
  return scope.boundary.map(head).some((wall) => written.some((own) => own.startsWith(wall) || wall.startsWith(own)));
}
