/** Who breaks what several tasks make together. */
export interface Culprits<T> {
  /** Each fails, and what is left when one of it is taken away passes; in the order of landing, the culprit last. */
  sets: T[][];
  /** All but the culprits, in the order of landing: they pass. */
  rest: T[];
}

/**
 * Looks for the smallest sets that fail by trying halves: about log2(n) + 2 runs for one culprit among n. Of several tasks that
 * fail only together the last one to land is the culprit, and the others stay. Nothing is tried twice; none passes.
 * @param tasks in the order of landing
 * @param passes runs the checks on what these make together, given in the order of landing
 * @param suspects of these, which fail, are tried before the others: that saves runs where the guess is right, and decides nothing
 */
export async function smallestCulprits<T>(
  tasks: readonly T[],
  passes: (subset: readonly T[]) => Promise<boolean>,
  suspects: (failing: readonly T[]) => readonly T[] = () => [],
): Promise<Culprits<T>> {
  const place = new Map(tasks.map((task, at) => [task, at]));
  const inOrder = (some: readonly T[]) => some.toSorted((a, b) => place.get(a)! - place.get(b)!);
  const known = new Map<string, Promise<boolean>>([['', Promise.resolve(true)]]);
  const tried = (some: readonly T[]): Promise<boolean> => {
    const subset = inOrder(some);
    const key = subset.map((task) => place.get(task)).join();
    const found = known.get(key) ?? passes(subset);
    known.set(key, found);
    return found;
  };
  const sets: T[][] = [];
  let rest = [...tasks];
  while (!(await tried(rest))) {
    const first = suspects(rest);
    const others = rest.filter((task) => !first.includes(task));
    const set = inOrder(await smallestSet([...first, ...others], { tried, sure: first.length }));
    sets.push(set);
    const culprit = set.at(-1)!;
    rest = rest.filter((task) => task !== culprit);
  }
  return { sets, rest };
}

/**
 * The shortest beginning that fails ends with one of the set; the shortest beginning that fails together with that one ends
 * with the next.
 * @param sure how many at the beginning are tried before all else
 */
async function smallestSet<T>(
  failing: readonly T[],
  { tried, sure }: { tried: (some: readonly T[]) => Promise<boolean>; sure: number },
): Promise<T[]> {
  let [pool, first] = [failing, sure];
  const found: T[] = [];
  while (await tried(found)) {
    let [passing, fails] = [0, pool.length];
    while (fails - passing > 1) {
      const middle = passing === 0 && first > 0 && first < fails ? first : Math.floor((passing + fails) / 2);
      first = 0;
      if (await tried([...pool.slice(0, middle), ...found])) passing = middle;
      else fails = middle;
    }
    found.push(pool[fails - 1]!);
    pool = pool.slice(0, fails - 1);
  }
  return found;
}
