/** One line of a task's scope: a path or glob, relative to the repository, with `/`; optionally one symbol in it. */
export interface ScopeEntry {
  /** Glob without braces left to the reader: `apps/users/{models,views}.py`, `apps/orders/*`, `Makefile`. */
  pattern: string;
  /** `AclFilter.to_sql` of `apps/core/acl.py::AclFilter.to_sql`. */
  symbol?: string;
  /** The stripped trailing note: `owned by task-001`. */
  note?: string;
  /** 1-based position in the task file, for diagnostics. */
  line: number;
  column: number;
}

/** What a task may do. Everything outside `create` and `modify` is out of scope; `boundary` is a hard stop. */
export interface Scope {
  create: ScopeEntry[];
  modify: ScopeEntry[];
  boundary: ScopeEntry[];
  /** Boundary prose that matches no path ("all implementation files"); it goes into the prompt only. */
  prose: string[];
}

/** One changed path of a diff between an attempt's base and its head. */
export interface Change {
  path: string;
  kind: 'added' | 'modified' | 'deleted' | 'type-changed';
}

export type ScopePolicy = 'warn' | 'enforce';

/** A change that the scope does not allow. */
export interface Violation {
  path: string;
  kind: Change['kind'];
  /** The part of the file, when parts were told apart: `Class.method`, or `<module>` for what is no definition. */
  symbol?: string;
  /** Where that is, 1-based; of a file as a whole where it begins to differ. */
  line?: number;
  /**
   * boundary: matches BOUNDARY, always fails. outside: in no CREATE or MODIFY. created-existing: CREATE of what the base has.
   * modified-missing: MODIFY of what the base lacks. sensitive: makes programs run on other people's machines;
   * fails outside of CREATE and MODIFY, and is told inside of them.
   */
  rule: 'boundary' | 'outside' | 'created-existing' | 'modified-missing' | 'sensitive';
  /** The scope entry that was broken, if one was. */
  entry?: string;
  severity: 'fail' | 'warn';
}
