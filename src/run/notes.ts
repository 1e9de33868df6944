import { listed } from './describe.ts';
import type { Settled } from './settled.ts';
import type { TaskState } from './state.ts';

/** What was unusual about a task, a sentence each. */
export function notesOf({ notes, status }: TaskState): string[] {
  return status.is === 'integrated' && status.settled ? [...notes, describeSettled(status.settled)] : notes;
}

function describeSettled({ by, paths }: Settled): string {
  const where = listed(paths, 3);
  return by === 'person'
    ? `its conflict was resolved by hand: ${where}`
    : `its conflict was resolved as it was before (rerere): ${where}`;
}
