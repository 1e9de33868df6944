/** Of a value, as far as languages agree on it. */
export type Primitive =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'null'
  | 'datetime'
  | 'date'
  | 'time'
  | 'duration'
  | 'decimal'
  | 'uuid'
  | 'bytes';

/** A type, whatever language wrote it. What cannot be understood is `unknown` and compares with nothing. */
export type Type =
  | { kind: 'primitive'; name: Primitive }
  | { kind: 'any' }
  /** What holds many: `of` is `any` when the code does not say of what. */
  | { kind: 'many'; name: 'list' | 'set' | 'tuple' | 'map'; of: Type[] }
  /** A type with a name of its own, the last part of it: `models.User` is `User`. */
  | { kind: 'named'; name: string }
  /** One of these, as JSON writes them. */
  | { kind: 'values'; values: string[] }
  | { kind: 'union'; of: Type[] }
  /** What can rightly be called either: a column of strings that is checked to be one of some. */
  | { kind: 'either'; of: Type[] }
  | { kind: 'unknown' };

/** Whether a field is there: `default` is there for who reads, and may be left out by who writes. */
export type Presence = 'required' | 'default' | 'absent';

export interface Field {
  name: string;
  line: number;
  /** Without null, and without what stands for "may be absent". */
  type: Type;
  /** The type as it is written. */
  text: string;
  /** May hold null; `maybe` where the framework lets one value stand for the other. */
  nullable: boolean | 'maybe';
  presence: Presence;
  /** A function; compared by its parameters. */
  method?: Parameter[];
  /** Of a function that has more than one signature, or type parameters: its parameters cannot be compared one by one. */
  isGeneric?: true;
  /** Nobody wrote it: what a framework adds, as the `id` of a table. */
  implied?: true;
  /** Where it stands, when that is another file than that of its shape. */
  file?: string;
}

export interface Parameter {
  name: string;
  /** Null: not written. */
  type: Type | null;
  presence: Presence;
}

/** What a class, an interface, a schema or a table comes down to. */
export interface Shape {
  name: string;
  line: number;
  kind: 'record' | 'enum' | 'alias';
  /** Declared inside of another one. */
  nested?: true;
  /** It is kept in a table: of this name, or of one that follows from its own. */
  table?: string | true;
  /** How other files of TypeScript get at it; absent: not at all, or no TypeScript. */
  exported?: 'named' | 'default';
  /** Type parameters as they are written, `<T extends string>`. */
  parameters?: string;
  /** A class of TypeScript: it may have members that nobody else sees. */
  isClass?: true;
  /** What it is built from, by name: fields of those are its own, too. */
  bases: string[];
  fields: Field[];
  /** Of an enum, and of an alias of literals: as JSON writes them; null where a value is computed. */
  values: { name: string; value: string | null; line: number }[];
  /** What an alias stands for. */
  alias?: Type;
  /** From where it may have fields that cannot be seen: a class of a library, code that runs. Null: all is seen. */
  open: string | null;
}

/** A shape and where it stands. */
export interface Found {
  file: string;
  shape: Shape;
}

/** What a file declares, and from where it has the rest. */
export interface Module {
  shapes: Shape[];
  /** Names that it imports: `from .base import Model as Base` is `Base` → `Model` of `.base`. */
  imports: { name: string; as: string; from: string }[];
  /** Names that it passes on from elsewhere: `export type { User } from …`. */
  passedOn?: { name: string; from: string }[];
  /** Where types are named, for who asked for it: offsets into the text. */
  references?: { name: string; start: number; end: number }[];
  /** The text is no code of its language; what could be read of it is there. */
  hasErrors: boolean;
}

export type Modules = ReadonlyMap<string, Module>;

/** A file as it was read. */
export interface Source {
  path: string;
  text: string;
  /** Wants `references`. */
  references?: true;
}

/** Reads what files declare; those that nothing here can parse are not among the modules. */
export type ReadShapes = (files: readonly Source[]) => Promise<{ modules: Modules } | { failed: string }>;
