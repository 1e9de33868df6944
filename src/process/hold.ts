import { type ProcessRow, processes } from './table.ts';
import { lookAt, type Marker, type ProcessId } from './tree.ts';

/** Stops the processes of a tree where they are; what it gives lets them go on. They may be held several times at once. */
export type Hold = () => () => void;

/** Holds the groups of a launched program and of all its `members`; asks for these alone, and takes no look at the machine. */
export function holdOf(root: ProcessId, members: () => Iterable<ProcessRow>): Hold {
  let holds = 0;
  let held: number[] = [];
  return () => {
    if (holds++ === 0) {
      held = groupsOf(root, members());
      signal(held, 'SIGSTOP');
    }
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--holds === 0) signal(held, 'SIGCONT');
    };
  };
}

/** Lets go on what was held by somebody who was killed meanwhile, and gives all that belong to the tree. */
export function letGo(root: ProcessId, marker: Marker): ProcessRow[] {
  const { living } = lookAt(root, marker);
  for (const { pid } of living) send(pid, 'SIGCONT');
  return living;
}

/** A group bears its number as long as one of its members lives. */
function groupsOf(root: ProcessId, members: Iterable<ProcessRow>): number[] {
  const starts = new Map([...members].map(({ pid, start }) => [pid, start]));
  const rows = processes.rows([...starts.keys(), process.pid]);
  const own = rows.find(({ pid }) => pid === process.pid)?.group;
  const groups = rows.flatMap(({ pid, start, group }) => (starts.get(pid) === start ? [group] : []));
  return [...new Set([root.pid, ...groups])].filter((group) => group > 1 && group !== own);
}

function signal(groups: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void {
  for (const group of groups) send(-group, name);
}

function send(target: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(target, name);
  } catch {
    // Ended in between.
  }
}
