import type { MergeFault } from './fault.ts';

/** `0002_orders.py`, `V2__orders.sql`, `002-orders.up.sql`: a number that says the order, then what the migration is about. */
const NUMBERED = /^(.*\/)?[Vv]?(\d+)[_.-]+([^/]*?)((?:\.(?:up|down|do|undo))?\.\w+)$/;

const OF_MIGRATIONS = /(?:^|\/)(?:migrations?|migrate|versions)\//i;

/**
 * Migrations of one number that different sides added. A folder that has two of one number already does not go by them.
 * @param paths all files of the merged tree
 * @param added by each side
 */
export function sameNumbers(paths: Iterable<string>, added: readonly (readonly string[])[]): MergeFault[] {
  const own = new Map(added.flatMap((side, at) => side.flatMap((path) => (keyOf(path) ? [[path, at] as const] : []))));
  if (own.size < 2) return [];
  const byNumber = new Map<string, string[]>();
  const careless = new Set<string>();
  for (const path of paths) {
    const key = keyOf(path);
    if (key === null) continue;
    const same = byNumber.get(key) ?? [];
    byNumber.set(key, [...same, path]);
    if (!own.has(path) && same.some((other) => !own.has(other) && stemOf(other) !== stemOf(path))) {
      careless.add(folderOf(path));
    }
  }
  return [...byNumber.values()].flatMap((same) => {
    const sides = new Set(same.flatMap((path) => own.get(path) ?? []));
    if (sides.size < 2 || careless.has(folderOf(same[0]!))) return [];
    return same
      .filter((path) => own.has(path))
      .map((file): MergeFault => {
        const others = same.filter((path) => stemOf(path) !== stemOf(file));
        return {
          file,
          line: 1,
          name: 'a number of two migrations',
          message: `has its number as well: ${others.join(', ')}`,
        };
      });
  });
}

function keyOf(path: string): string | null {
  const [, folder = '', number] = (OF_MIGRATIONS.test(path) ? NUMBERED.exec(path) : null) ?? [];
  return number === undefined ? null : `${folder}${BigInt(number)}`;
}

const stemOf = (path: string) => NUMBERED.exec(path)?.[3];
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
