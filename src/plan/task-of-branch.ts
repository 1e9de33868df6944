import type { TaskId } from './plan.ts';

/**
 * The task that a branch made elsewhere is about, by the id in its name: `feature/task-001`, `bea/task-001-users`. Where ids say
 * more than a number, the number is enough if it is the only one: `task-001` for `task-001-users`. Pure.
 */
export function taskOfBranch(branch: string, ids: readonly TaskId[]): TaskId | null {
  const whole = ids.filter((id) => holds(branch, id)).sort((a, b) => b.length - a.length);
  if (whole[0] !== undefined) return whole[0];
  const stems = ids.filter((id) => {
    const stem = /^[a-z]+-\d+/i.exec(id)?.[0];
    return stem !== undefined && holds(branch, stem);
  });
  return stems.length === 1 ? stems[0]! : null;
}

/** The id as a word of its own: `task-001` is not in `task-0012`. */
function holds(branch: string, id: string): boolean {
  const literal = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?:^|[^A-Za-z0-9])${literal}(?:$|[^A-Za-z0-9])`, 'i').test(branch);
}
