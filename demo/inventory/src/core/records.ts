import { Problem } from './problem.ts';

/** A table in memory, by id. What goes in and out are copies: nobody changes a record by accident. */
export interface Records<T extends { readonly id: string }> {
  /** Stores a new record under the next id: `user-1`, `user-2`, … */
  add(fields: Omit<T, 'id'>): T;
  /** Throws the problem `not-found`. */
  get(id: string): T;
  /** Throws the problem `not-found`. */
  update(id: string, change: Partial<Omit<T, 'id'>>): T;
  find(test: (record: T) => boolean): T | undefined;
  /** In the order they were added. */
  all(): T[];
}

export function createRecords<T extends { readonly id: string }>(kind: string): Records<T> {
  const records = new Map<string, T>();

  function stored(id: string): T {
    const record = records.get(id);
    if (!record) throw new Problem('not-found', `there is no ${kind} ${id}`);
    return record;
  }

  function store(record: T): T {
    records.set(record.id, structuredClone(record));
    return record;
  }

  const all = () => [...records.values()].map((record) => structuredClone(record));

  return {
    add: (fields) => store({ ...fields, id: `${kind}-${records.size + 1}` } as T),
    get: (id) => structuredClone(stored(id)),
    update: (id, change) => store({ ...stored(id), ...change }),
    find: (test) => all().find(test),
    all,
  };
}
