import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { parseShapes } from '../types/parse-shapes.ts';
import { checkTypescript } from './check.ts';

const CONTRACT = `// What all tasks agree on.
export type Role = 'clerk' | 'manager';

export enum Status { Placed = 'placed', Cancelled = 'cancelled' }

export interface User {
  id: string;
  email: string;
  role: Role;
  nickname?: string;
}

export interface Quantity { productId: string; quantity: number }

export interface OrderLine extends Quantity {
  unitPriceCents: number;
}

export interface Order {
  id: string;
  user: User;
  lines: OrderLine[];
  status: Status;
}

export type NewUser = Omit<User, 'id'>;

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Users {
  register(fields: NewUser): User;
  find: (id: string, options?: { deep: boolean }) => User | undefined;
  list(page: number): Page<User>;
}
`;

/** The same, by another hand. */
const CLEAN = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': `{
  // as projects have it
  "compilerOptions": {
    "target": "es2022", "module": "nodenext", "rootDir": "src", "outDir": "dist", "composite": true,
    "noUnusedLocals": true, "verbatimModuleSyntax": true, "erasableSyntaxOnly": false, "types": [], "lib": ["es2022"],
  },
  "include": ["src"],
}`,
  'src/users/user.ts': `export const ROLES = ['manager', 'clerk'] as const;
export type Role = (typeof ROLES)[number];
interface Named { nickname?: string | undefined }
/** Who may log in. */
export type User = Named & {
  id: string; // set once
  email: string;
  role: Role;
};
export type NewUser = Omit<User, 'id'>;
`,
  'src/users/users.ts': `import type { NewUser, User } from './user.js';
import type { Page } from '../page.js';
export class Users {
  #all = new Map<string, User>();
  private next = 1;
  constructor(readonly limit: number = 10) {}
  register(fields: NewUser): User {
    const user = { ...fields, id: String(this.next++) };
    this.#all.set(user.id, user);
    return user;
  }
  find(id: string): User | undefined { return this.#all.get(id); }
  list(page: number, size = this.limit): Page<User> {
    return { items: [...this.#all.values()].slice(page * size), next: null };
  }
}
`,
  'src/page.ts': `// Of a list.
export interface Page<Item, Cursor = string> { next: Cursor | null; items: Array<Item> }
`,
  'src/orders/order.ts': `import type { User } from '../users/user.js';
export enum Status { Cancelled = 'cancelled', Placed = 'placed' }
export type Quantity = { quantity: number; productId: string };
export interface OrderLine extends Quantity { unitPriceCents: number }
interface Order { id: string; user: User; lines: OrderLine[]; status: Status; note?: string }
export type { Order };
`,
};

type Path = keyof typeof CLEAN;
type Files = Record<string, string>;

const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-types-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let projects = 0;

/** A folder with these files and the typescript of this repository. */
function project(files: Files, typescript = true): string {
  const folder = join(root, String(projects++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  if (typescript) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(resolve('node_modules/typescript'), join(folder, 'node_modules/typescript'));
  }
  return folder;
}

function check(
  files: Files,
  {
    text = CONTRACT,
    on = 'disk',
    complete = true,
  }: { text?: string; on?: 'disk' | 'source' | 'bare'; complete?: boolean } = {},
) {
  const contract = { path: 'contracts/types.ts', text };
  const worktree = on === 'source' ? undefined : { path: project(files, on === 'disk'), env: process.env };
  return checkTypescript(contract, sourceTree(files), {
    complete,
    readShapes: parseShapes,
    ...(worktree && { worktree }),
  });
}

function changed(files: Files, path: Path, from: string, to: string): Files {
  const text = files[path]!.replace(from, to);
  expect(text).not.toBe(files[path]);
  return { ...files, [path]: text };
}

it('is met by code that says the same otherwise, and leaves nothing behind', async () => {
  const result = await check(CLEAN);
  expect(result.findings).toEqual([]);
  expect(result).toMatchObject({ outcome: 'met' });
  expect(readdirSync(join(root, String(projects - 1))).sort()).toEqual([
    'node_modules',
    'package.json',
    'src',
    'tsconfig.json',
  ]);
});

const U = 'src/users/user.ts';
const S = 'src/users/users.ts';
const O = 'src/orders/order.ts';
const P = 'src/page.ts';

type Breach = [what: string, path: Path, from: string, to: string, code: string, message: string, source: boolean];

/** One line of the clean code, done otherwise; `source`: also without a compiler. */
const BREACHES: Breach[] = [
  ['renamed field', U, 'email:', 'mail:', 'missing-field', 'User.email is missing', true],
  [
    'other spelling',
    O,
    'unitPriceCents',
    'unit_price_cents',
    'missing-field',
    'OrderLine.unitPriceCents is missing; unit_price_cents is there',
    true,
  ],
  [
    'other type',
    U,
    'email: string',
    'email: number',
    'wrong-type',
    'User.email is number, the contract says string',
    true,
  ],
  [
    'other type in a base',
    O,
    '{ quantity: number;',
    '{ quantity: string;',
    'wrong-type',
    'Quantity.quantity is string',
    true,
  ],
  ['field gone from a base', O, 'productId: string', '', 'missing-field', 'Quantity.productId is missing', true],
  ['no base', O, 'OrderLine extends Quantity', 'OrderLine', 'missing-field', 'OrderLine.quantity is missing', true],
  ['may be absent', U, 'email: string', 'email?: string', 'wrong-optional', 'User.email may be absent', true],
  [
    'must be given',
    U,
    'nickname?: string | undefined',
    'nickname: string',
    'wrong-optional',
    'User.nickname must be given',
    true,
  ],
  ['null', O, 'status: Status', 'status: Status | null', 'wrong-type', 'Order.status is Status | null', false],
  ['never null', P, 'Cursor | null', 'Cursor', 'wrong-type', 'Page.next is Cursor', false],
  ['value removed', U, "['manager', 'clerk']", "['manager']", 'missing-value', 'Role has no "clerk"', false],
  ['value added', U, "['manager', 'clerk']", "['manager', 'clerk', 'guest']", 'extra-value', 'Role has "guest"', false],
  ['enum value removed', O, "Cancelled = 'cancelled', ", '', 'missing-value', 'Status has no "cancelled"', true],
  ['enum value added', O, 'enum Status {', "enum Status { Lost = 'lost',", 'extra-value', 'Status has "lost"', true],
  [
    'enum as a string',
    O,
    'status: Status',
    'status: string',
    'wrong-type',
    'Order.status is string, the contract says Status',
    true,
  ],
  [
    'set of values as a string',
    U,
    'type Role = (typeof ROLES)[number]',
    'type Role = string',
    'wrong-kind',
    'Role is a set of values in the contract',
    false,
  ],
  [
    'no list',
    O,
    'lines: OrderLine[]',
    'lines: OrderLine',
    'wrong-type',
    'Order.lines is OrderLine, the contract says OrderLine[]',
    true,
  ],
  [
    'nested otherwise',
    O,
    'lines: OrderLine[]',
    'lines: { items: OrderLine[] }',
    'wrong-type',
    'Order.lines is { items: OrderLine[] }',
    false,
  ],
  [
    'reference as an id',
    O,
    'user: User',
    'user: string',
    'wrong-type',
    'Order.user is string, the contract says User',
    true,
  ],
  [
    'alias of another type',
    U,
    "NewUser = Omit<User, 'id'>",
    'NewUser = Partial<User>',
    'wrong-type',
    'NewUser is another type',
    false,
  ],
  ['method renamed', S, '  find(id', '  get(id', 'missing-method', 'Users.find is missing', true],
  [
    'parameter added',
    S,
    'size = this.limit',
    'size: number',
    'wrong-parameters',
    'Users.list cannot be called as in the contract',
    true,
  ],
  ['parameter of another type', S, 'find(id: string)', 'find(id: number)', 'wrong-parameters', 'Users.find', true],
  ['narrower parameter', S, 'find(id: string)', "find(id: 'a' | 'b')", 'wrong-parameters', 'Users.find', true],
  [
    'narrower parameter of a method',
    S,
    'list(page: number',
    'list(page: 1 | 2',
    'wrong-parameters',
    'Users.list cannot be called with what the contract allows',
    true,
  ],
  [
    'other result',
    S,
    'register(fields: NewUser): User {',
    'register(fields: NewUser): string { return ""; }\n  other(fields: NewUser): User {',
    'wrong-parameters',
    'Users.register',
    false,
  ],
  ['private method', S, '  find(', '  private find(', 'missing-method', 'Users.find is missing', true],
  [
    'type parameter lost',
    P,
    'Page<Item, Cursor = string> { next: Cursor | null; items: Array<Item> }',
    'Page { next: string | null; items: unknown[] }',
    'wrong-parameters',
    'Page has 1 type parameters in the contract, and 0 here',
    false,
  ],
  ['items of another type', P, 'Array<Item>', 'Array<Item[]>', 'wrong-type', 'Page.items is Array<Item[]>', false],
];

/** Breaches of different types, which can be in one tree. */
const BATCHES = BREACHES.reduce<Breach[][]>((batches, breach) => {
  const typeOf = ([, , , , , message]: Breach) => /^\w+/.exec(message)![0];
  const batch = batches.find((each) => each.every((other) => typeOf(other) !== typeOf(breach)));
  if (batch) batch.push(breach);
  else batches.push([breach]);
  return batches;
}, []);

it.each(BATCHES.map((batch) => [batch.map(([what]) => what).join(', '), batch] as const))(
  'each is one error, with its place on both sides: %s',
  async (_what, batch) => {
    const files = batch.reduce<Files>((before, [, path, from, to]) => changed(before, path, from, to), CLEAN);
    const result = await check(files);
    expect(result.outcome).toBe('broken');
    const errors = result.findings.filter(({ level }) => level === 'error');
    for (const [, path, , , code, message] of batch) {
      const found = errors.find((each) => each.code === code && each.message.includes(message));
      expect(found, `${message}\n${JSON.stringify(errors, null, 1)}`).toBeDefined();
      expect(found).toMatchObject({ basis: 'exact', contract: { file: 'contracts/types.ts' }, at: { file: path } });
      for (const line of [found!.contract.line!, found!.at!.line]) expect(line).toBeGreaterThan(1);
    }
    expect(errors.map((each) => each.message).join()).not.toContain('Copse');
    expect(errors, JSON.stringify(errors, null, 1)).toHaveLength(batch.length);
  },
);

it.each(BREACHES.filter(([, , , , , , source]) => source))(
  '%s is seen in the source, too',
  async (_what, path, from, to, code, message) => {
    const result = await check(changed(CLEAN, path, from, to), { on: 'source' });
    const errors = result.findings.filter(({ level }) => level === 'error');
    const subject = /^\w+\.?\w*/.exec(message)![0];
    const found = errors.find((each) => each.code === code && each.message.includes(subject));
    expect(found, JSON.stringify(result.findings, null, 1)).toMatchObject({ basis: 'advisory', at: { file: path } });
  },
);

it('is met in the source, too', async () => {
  const { outcome, findings } = await check(CLEAN, { on: 'source' });
  expect(outcome).toBe('met');
  expect(findings.filter(({ level }) => level !== 'note')).toEqual([]);
});

const PARTS: [what: string, contract: string, code: Files, expected: object][] = [
  [
    'a type that the code takes from the contract',
    'export interface A { x: string }',
    { 'src/a.ts': "export type { A } from '../parallel/TS-1/contracts/types';" },
    { outcome: 'met', findings: [] },
  ],
  [
    'nothing of that name',
    'export interface A { x: string }',
    { 'src/a.ts': 'export interface B {}' },
    { outcome: 'not-checked', why: 'nothing in the code is named A' },
  ],
  [
    'one of two that is nowhere',
    'export interface A { x: string }\nexport interface B { y: string }',
    { 'src/a.ts': 'export interface A { x: string }' },
    {
      outcome: 'not-checked',
      why: '1 of 2 types are nowhere in the code: B',
      findings: [{ code: 'missing-type', level: 'warning', contract: { line: 2 } }],
    },
  ],
  [
    'a type that is not exported',
    'export interface A { x: string }',
    { 'src/a.ts': 'interface A { x: string }' },
    { outcome: 'not-checked', why: 'A is not exported from src/a.ts' },
  ],
  [
    'an import that is not there',
    'export interface A { x: string }',
    { 'src/a.ts': "import type { Z } from 'nowhere';\nexport type A = Z;" },
    { outcome: 'not-checked', why: 'A is any: something that src/a.ts imports is not there' },
  ],
  [
    'a field of any type',
    'export interface A { x: string }',
    { 'src/a.ts': 'export interface A { x: any }' },
    {
      outcome: 'met',
      findings: [{ code: 'any-type', level: 'warning', message: 'A.x is any, the contract says string' }],
    },
  ],
  [
    'a field of a type that is not there',
    'export interface A { x: string }',
    { 'src/a.ts': "import type { Z } from './nowhere.js';\nexport interface A { x: Z }" },
    {
      outcome: 'met',
      findings: [{ code: 'any-type', level: 'warning', message: 'A.x is any, the contract says string' }],
    },
  ],
  [
    'a field that cannot be set, and one too many',
    'export interface A { x: string }',
    { 'src/a.ts': 'export interface A { readonly x: string; y: number; z?: number }' },
    {
      outcome: 'met',
      findings: [
        { code: 'wrong-readonly', level: 'warning' },
        { code: 'extra-field', level: 'warning', message: 'A.y is not in the contract, and must be given' },
      ],
    },
  ],
  [
    'two types of a name, of which one fits',
    'export interface A { x: string }',
    { 'src/a.ts': 'export interface A { y: string }', 'web/a.ts': 'export interface A { x: string }' },
    { outcome: 'met', findings: [{ code: 'another-type', level: 'note', at: { file: 'src/a.ts' } }] },
  ],
  [
    'a contract that needs what is not there',
    "import type { Z } from './z';\nexport interface A { x: Z }",
    { 'src/a.ts': 'export interface A { x: string }' },
    {
      outcome: 'not-checked',
      why: expect.stringContaining('the contract does not compile'),
      findings: [{ code: 'contract-error', contract: { line: 1 } }],
    },
  ],
  [
    'a default export, an abstract class, a contract without exports',
    'interface A { x: string }\ndeclare class B { y: number; private z: string }',
    {
      'src/a.tsx': 'export default interface A { x: string }',
      'src/b.mts': 'export abstract class B { y = 1; #z = 2 }',
    },
    { outcome: 'met', findings: [] },
  ],
  [
    'what others call an interface',
    'export interface IStore<K extends string> { get(key: K): string }',
    { 'src/a.ts': 'export class Store<K extends string> { get(key: K): string { return key; } }' },
    { outcome: 'met', findings: [] },
  ],
  [
    'a name under which another one is exported, an enum that others write as literals',
    "export interface A { kind: Kind }\nexport enum Kind { X = 'x', Y = 'y' }",
    {
      'src/a.ts':
        "type Kinds = 'y' | 'x';\ninterface Local { kind: Kinds }\nexport type { Local as A, Kinds as Kind };",
    },
    { outcome: 'met', findings: [] },
  ],
  [
    'functions, tuples, null, brands',
    "export type F = (x: string) => number;\nexport type T = [string, number];\nexport type N = string | null;\nexport type Id = string & { readonly brand: 'id' };",
    {
      'src/a.ts':
        "export type F = (x: string) => number;\nexport type T = [string, number];\nexport type N = null | string;\nexport type Id = string & { readonly brand: 'id' };",
    },
    { outcome: 'met', findings: [] },
  ],
  [
    'the same, done otherwise',
    'export type F = (x: string) => number;\nexport type T = [string, number];\nexport type N = string | null;',
    {
      'src/a.ts':
        'export type F = (x: string, y: string) => number;\nexport type T = [string];\nexport type N = string;',
    },
    {
      outcome: 'broken',
      findings: [
        { message: expect.stringMatching(/^F /) },
        { message: expect.stringMatching(/^T /) },
        { message: expect.stringMatching(/^N /) },
      ],
    },
  ],
];

it.each(PARTS)('%s', async (_what, text, code, expected) => {
  expect(
    await check({ 'tsconfig.json': '{ "compilerOptions": { "lib": ["es2022"], "types": [] } }', ...code }, { text }),
  ).toMatchObject(expected);
});

/** What a contract and code can hold, by two hands. */
const RICH = {
  contract: `export type Id<T extends string = string> = string & { readonly brand: T };
export interface Tree<T = unknown> { value: T; children: Tree<T>[]; parent?: Tree<T> | null }
export interface Circle { kind: 'circle'; r: number }
export interface Square { kind: 'square'; side: number; meta?: Record<string, unknown> }
export type Shape = Circle | Square;
export type Result<T, E = Error> = { ok: true; value: T } | { ok: false; error: E };
export interface Store<T extends { id: string }, K extends keyof T = keyof T> {
  readonly name: string;
  get(id: string): Promise<T | undefined>;
  find<Q extends Partial<T>>(query: Q): Promise<T[]>;
  on(event: 'add', done: (item: T) => void): void;
  on(event: 'remove', done: (id: string) => void): void;
  pick(item: T, keys: K[]): Pick<T, K>;
  close?(): Promise<void>;
}
export interface Counts { [key: string]: number }
export type Handler = (request: { url: string; method: 'GET' | 'POST' }, next: () => void) => void | Promise<void>;
export type Key = keyof Circle;
export type Path = \`/\${string}\`;
export const enum Level { Low, High = 5, Higher }
export type Digit = 1 | 2 | 3;
export abstract class Base { abstract run(x: number): string; protected help(): void {} static make(): void {} }
export interface Call { (x: number): string; more: number }
export type Cond<T> = T extends string ? 'a' : 'b';
export interface Mixed { cond: Cond<string>; tuple: readonly [string, number?]; big: bigint; any: any; unknown: unknown; never: never; date: Date; map: Map<string, Set<number>>; done?: (x: string) => void; undefined: undefined; null: null }
`,
  code: `export type Id<T extends string = string> = string & { readonly brand: T };
export type Tree<T = unknown> = { children: Array<Tree<T>>; value: T; parent?: null | Tree<T> };
export type Circle = { r: number; kind: 'circle' };
export class Square { kind = 'square' as const; constructor(public side: number, public meta?: Record<string, unknown>) {} }
export type Shape = Square | Circle;
interface Ok<T> { ok: true; value: T }
interface No<E> { ok: false; error: E }
export type Result<T, E = Error> = No<E> | Ok<T>;
export class Store<T extends { id: string }, K extends keyof T = keyof T> {
  get name() { return 'x'; }
  async get(id: string): Promise<T | undefined> { return undefined; }
  async find<Q extends Partial<T>>(query: Q): Promise<T[]> { return []; }
  on(event: 'add', done: (item: T) => void): void;
  on(event: 'remove', done: (id: string) => void): void;
  on(event: string, done: (x: any) => void): void {}
  pick(item: T, keys: K[]): Pick<T, K> { return item; }
}
export type Counts = Record<string, number>;
export type Handler = (request: { method: 'POST' | 'GET'; url: string }, next: () => void) => Promise<void> | void;
export type Key = 'kind' | 'r';
export type Path = \`/\${string}\`;
export enum Level { Low = 0, High = 5, Higher = 6 }
export type Digit = 3 | 2 | 1;
export class Base { run(x: number): string { return String(x); } }
export type Call = { (x: number): string; more: number };
export type Cond<T> = T extends string ? 'a' : 'b';
export interface Mixed { cond: 'a'; tuple: readonly [string, number?]; big: bigint; any: any; unknown: unknown; never: never; date: Date; map: Map<string, Set<number>>; done?(x: string): void; undefined: undefined; null: null }
`,
};

it.each(['disk', 'source'] as const)('generics, overloads, unions of records, computed types: met (%s)', async (on) => {
  const files = { 'tsconfig.json': CLEAN['tsconfig.json'], 'src/a.ts': RICH.code };
  const { outcome, findings } = await check(files, { text: RICH.contract, on });
  expect(findings.filter(({ level }) => level !== 'note')).toEqual([]);
  expect(outcome).toBe('met');
});

it('is not checked without a compiler, which is no pass, and by what can be read', async () => {
  const why = 'no typescript is installed in the project';
  expect(await check(CLEAN, { on: 'bare' })).toMatchObject({ outcome: 'not-checked', why });
  const broken = await check(changed(CLEAN, U, 'email:', 'mail:'), { on: 'bare' });
  expect(broken).toMatchObject({ outcome: 'broken' });
  expect(broken.findings.every(({ basis }) => basis === 'advisory')).toBe(true);
});

it('is not checked when the compiler gets nowhere', async () => {
  const files = {
    ...CLEAN,
    'tsconfig.json': '{ "compilerOptions": { "module": "nonsense", "moduleResolution": "classic" } }',
  };
  const result = await check(files);
  expect(result.outcome).toBe('not-checked');
  expect(result.why).toMatch(/^tsc/);
});

it('each project of a repository is compiled with its own config, also when it only names others', async () => {
  const strict = '{ "compilerOptions": { "lib": ["es2022"], "types": [], "paths": { "@/*": ["./src/*"] } } }';
  const files = {
    'api/tsconfig.json': strict,
    'api/src/a.ts': 'export interface A { x: string }',
    'web/tsconfig.json':
      '{ "files": [], "references": [{ "path": "./tsconfig.node.json" }, { "path": "./tsconfig.app.json" }] }',
    'web/tsconfig.app.json': strict,
    'web/tsconfig.node.json': '{}',
    'web/src/x.ts': 'export type X = number;',
    'web/src/b.ts': "import type { X } from '@/x';\nexport interface B { a: Bx; y: X }\ninterface Bx { x: string }",
    'web/src/env.d.ts': 'declare type Global = string;',
    'web/src/c.ts': 'export interface C { z: Global }',
  };
  const text =
    'export interface A { x: string }\nexport interface B { a: A; y: string }\nexport interface C { z: string }';
  expect(await check(files, { text })).toMatchObject({
    outcome: 'broken',
    findings: [
      {
        code: 'wrong-type',
        message: "B.y is X, the contract says string: Type 'number' is not assignable to type 'string'",
        at: { file: 'web/src/b.ts', line: 2 },
      },
    ],
  });
});

it('a contract may import from another one', async () => {
  const siblings = [
    { path: 'contracts/types.ts', text: '' },
    { path: 'contracts/shared/base.ts', text: "import type { Id } from './id';\nexport interface Base { id: Id }" },
    { path: 'contracts/shared/id.d.ts', text: 'export type Id = string;' },
  ];
  const text =
    "import type { Base } from './shared/base.js';\nexport interface Thing extends Base { next: Base | null }";
  const thing = (code: string) => {
    const files = { 'tsconfig.json': CLEAN['tsconfig.json'], 'src/a.ts': code };
    const worktree = { path: project(files), env: process.env };
    return checkTypescript({ path: 'contracts/types.ts', text }, sourceTree(files), {
      complete: true,
      siblings,
      worktree,
      readShapes: parseShapes,
    });
  };
  expect(await thing('export interface Thing { id: string; next: { id: string } | null }')).toMatchObject({
    outcome: 'met',
    findings: [],
  });
  expect(await thing('export interface Thing { id: number; next: { id: string } | null }')).toMatchObject({
    findings: [
      {
        message: "Thing.id is number, the contract says Id: Type 'number' is not assignable to type 'string'",
        contract: { line: 2 },
      },
    ],
  });
});
