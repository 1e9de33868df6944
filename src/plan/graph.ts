import type { Findings } from './findings.ts';
import type { TaskId } from './plan.ts';
import type { Links } from './references.ts';

type Graph = ReadonlyMap<TaskId, Pick<Links, 'deps'>>;

/** Reports every cycle once, with a shortest path through it; true when there is none. */
export function checkCycles(links: Graph, found: Findings): boolean {
  const knots = stronglyConnected(links);
  for (const knot of knots) {
    const path = shortestCycle(links, new Set(knot));
    const first = links.get(path[0]!)!.deps.find(({ id }) => id === path[1])!;
    const text =
      path.length === 2 ? `${path[0]} depends on itself` : `the tasks depend on each other: ${path.join(' → ')}`;
    found.error('cycle', first.at, text, { hint: 'remove one of these dependencies' });
  }
  return knots.length === 0;
}

/** Dependencies that the waves do not mirror: they are kept, the wave is not. */
export function checkWaves(links: Graph, waveOf: (id: TaskId) => number, found: Findings): void {
  for (const [id, { deps }] of links) {
    for (const dep of deps) {
      const [own, other] = [waveOf(id), waveOf(dep.id)];
      if (dep.id === id || other < own) continue;
      if (other === own) {
        found.warning(
          'same-wave-dependency',
          dep.at,
          `${id} depends on ${dep.id} of its own wave ${own}: it waits for it inside the wave`,
          {
            hint: `move ${id} to wave ${own + 1}`,
          },
        );
      } else {
        found.warning('later-wave-dependency', dep.at, `${id} of wave ${own} depends on ${dep.id} of wave ${other}`, {
          hint: `move ${id} to wave ${other + 1}`,
        });
      }
    }
  }
}

/** Tasks in an order in which every dependency comes first; those in cycles are left out. */
export function inDependencyOrder(links: Graph): TaskId[] {
  const waiting = new Map([...links].map(([id, { deps }]) => [id, new Set(deps.map((dep) => dep.id)).size]));
  const dependents = new Map<TaskId, TaskId[]>();
  for (const [id, { deps }] of links) {
    for (const dep of new Set(deps.map((each) => each.id))) {
      const list = dependents.get(dep);
      if (list) list.push(id);
      else dependents.set(dep, [id]);
    }
  }
  const order = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  for (const id of order) {
    for (const dependent of dependents.get(id) ?? []) {
      const left = waiting.get(dependent)! - 1;
      waiting.set(dependent, left);
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}

/** The longest chain of dependencies, each task counted as one; the first in order among equals. */
export function longestChain(links: Graph): TaskId[] {
  const best = new Map<TaskId, { length: number; before: TaskId | undefined }>();
  let last: TaskId | undefined;
  for (const id of inDependencyOrder(links)) {
    let before: TaskId | undefined;
    for (const dep of links.get(id)!.deps) {
      if ((best.get(dep.id)?.length ?? 0) > (before === undefined ? 0 : best.get(before)!.length)) before = dep.id;
    }
    const length = 1 + (before === undefined ? 0 : best.get(before)!.length);
    best.set(id, { length, before });
    if (last === undefined || length > best.get(last)!.length) last = id;
  }
  const chain: TaskId[] = [];
  for (let id = last; id !== undefined; id = best.get(id)!.before) chain.unshift(id);
  return chain;
}

/** Tells whether one of two tasks waits for the other, through others too. Looks at a bounded number of edges. */
export function orderedBy(links: Graph): (a: TaskId, b: TaskId) => boolean {
  let budget = 2_000_000;
  const reaches = (from: TaskId, to: TaskId) => {
    const seen = new Set([from]);
    for (const id of seen) {
      for (const dep of links.get(id)?.deps ?? []) {
        if (dep.id === to) return true;
        if (budget-- > 0) seen.add(dep.id);
      }
    }
    return false;
  };
  return (a, b) => reaches(a, b) || reaches(b, a);
}

/** Components of more than one task, and tasks that depend on themselves; Tarjan's algorithm without recursion. */
function stronglyConnected(links: Graph): TaskId[][] {
  const state = new Map<TaskId, { index: number; low: number; onStack: boolean }>();
  const stack: TaskId[] = [];
  const knots: TaskId[][] = [];
  const open = (id: TaskId) => {
    state.set(id, { index: state.size, low: state.size, onStack: true });
    stack.push(id);
    return { id, next: 0 };
  };
  const close = (id: TaskId) => {
    const { low, index } = state.get(id)!;
    if (low !== index) return;
    const knot = stack.splice(stack.lastIndexOf(id));
    for (const each of knot) state.get(each)!.onStack = false;
    if (knot.length > 1 || links.get(id)!.deps.some((dep) => dep.id === id)) knots.push(knot.sort());
  };
  for (const root of links.keys()) {
    if (state.has(root)) continue;
    const calls = [open(root)];
    for (let call = calls.at(-1); call; call = calls.at(-1)) {
      const own = state.get(call.id)!;
      const dep = links.get(call.id)!.deps[call.next++]?.id;
      if (dep === undefined) {
        close(call.id);
        calls.pop();
        const parent = calls.at(-1);
        if (parent) state.get(parent.id)!.low = Math.min(state.get(parent.id)!.low, own.low);
      } else if (!state.has(dep)) {
        if (links.has(dep)) calls.push(open(dep));
      } else if (state.get(dep)!.onStack) own.low = Math.min(own.low, state.get(dep)!.index);
    }
  }
  return knots;
}

/** From the first task of a knot back to itself, by the fewest steps. */
function shortestCycle(links: Graph, knot: ReadonlySet<TaskId>): TaskId[] {
  const start = [...knot][0]!;
  const cameFrom = new Map<TaskId, TaskId>();
  const queue = [start];
  for (const id of queue) {
    for (const dep of links.get(id)!.deps) {
      if (!knot.has(dep.id)) continue;
      if (dep.id === start) {
        const path = [start];
        for (let at = id; at !== start; at = cameFrom.get(at)!) path.unshift(at);
        return [start, ...path];
      }
      if (cameFrom.has(dep.id)) continue;
      cameFrom.set(dep.id, id);
      queue.push(dep.id);
    }
  }
  return [start, start];
}
