import { describe, expect, it } from 'vitest';
import { codes, planOf, said, smallPlan } from '../../test/rig/plan-source.ts';
import { ownershipMatrix } from './ownership.ts';
import { parsePlan } from './parse.ts';

interface Part {
  wave?: number;
  deps?: string;
  more?: string;
  create?: string;
  modify?: string;
}

/** A plan of these tasks; nothing but ownership can be wrong with it. */
function plan(tasks: Record<string, Part>) {
  return smallPlan(
    Object.fromEntries(
      Object.entries(tasks).map(([id, { create = '', modify = '', ...rest }]) => [
        id,
        { ...rest, scope: `CREATE: ${create}\nMODIFY: ${modify}\nBOUNDARY: none` },
      ]),
    ),
  );
}

const said1 = (tasks: Record<string, Part>) => codes(plan(tasks)).filter((line) => /create-|modify-/.test(line));

describe('CREATE of a file belongs to one task over all waves', () => {
  it.each([
    ['the same path', 'src/a.ts', 'src/a.ts'],
    ['the same path, written otherwise', 'src/a.ts', './src//a.ts'],
    ['inside braces', 'src/{a,b}.ts', 'src/a.ts'],
    ['two braces', 'src/{a,b}.ts', 'src/{b,c}.ts'],
    ['matched by a glob', 'src/*.ts', 'src/a.ts'],
    ['below a folder', 'src/', 'src/a/b.ts'],
    ['the same glob', 'src/**/*.ts', 'src/**/*.ts'],
  ])('%s', (_what, one, other) => {
    for (const wave of [1, 2]) {
      expect(said1({ a1: { create: one }, a2: { wave, deps: wave === 2 ? 'a1' : '', create: other } })).toEqual([
        'error create-twice tasks/a2.md:10:9',
      ]);
    }
  });

  it('names the file and where the other one is', () => {
    const { diagnostics } = parsePlan(plan({ a1: { create: 'src/*.ts' }, a2: { create: 'src/a.ts' } }));
    expect(said(diagnostics)).toEqual([
      "error create-twice tasks/a2.md:10:9 'src/a.ts' is created by a1 too (tasks/a1.md:10): only one task may create a file",
    ]);
  });

  it('two globs that may meet are a warning with an example', () => {
    const { ok, diagnostics } = parsePlan(
      plan({ a1: { create: 'src/*/models.ts' }, a2: { create: 'src/users/*.ts' } }),
    );
    expect(ok).toBe(true);
    expect(diagnostics).toMatchObject([{ code: 'create-twice', level: 'warning' }]);
    expect(diagnostics[0]?.message).toContain("as in 'src/users/models.ts'");
  });

  it.each([
    ['src/a.ts', 'src/b.ts'],
    ['src/*.ts', 'src/a/b.ts'],
    ['src/a/', 'src/ab.ts'],
    ['src/*.test.ts', 'src/a.ts'],
  ])('%s and %s do not meet', (one, other) => {
    expect(said1({ a1: { create: one }, a2: { create: other } })).toEqual([]);
  });
});

describe('MODIFY inside one wave', () => {
  it('of a whole file is exclusive', () => {
    expect(said1({ a1: { modify: 'a.py' }, a2: { modify: 'a.py' }, a3: { modify: 'a.py' } })).toEqual([
      'error modify-not-exclusive tasks/a2.md:11:9',
      'error modify-not-exclusive tasks/a3.md:11:9',
    ]);
  });

  it('of a whole file beside one of a symbol is not allowed', () => {
    expect(said1({ a1: { modify: 'a.py::A' }, a2: { modify: 'a.py' } })).toEqual([
      'error modify-not-exclusive tasks/a2.md:11:9',
    ]);
  });

  it.each([
    ['a.py::A', 'a.py::A'],
    ['a.py::A', 'a.py::A.run'],
    ['a.py::A.run.inner', 'a.py::A.run'],
  ])('of %s and %s: equal or nested', (one, other) => {
    expect(said1({ a1: { modify: one }, a2: { modify: other } })).toEqual(['error modify-nested tasks/a2.md:11:9']);
  });

  it.each([
    ['a.py::A', 'a.py::B'],
    ['a.py::A.run', 'a.py::A.stop'],
    ['a.py::A', 'a.py::AB'],
  ])('of %s and %s is allowed', (one, other) => {
    expect(said1({ a1: { modify: one }, a2: { modify: other } })).toEqual([]);
  });

  it('in different waves is allowed', () => {
    expect(said1({ a1: { modify: 'a.py' }, a2: { wave: 2, deps: 'a1', modify: 'a.py' } })).toEqual([]);
  });

  it('of what another task of the wave creates is not allowed, in a later wave it is', () => {
    expect(said1({ a1: { create: 'a.py' }, a2: { modify: 'a.py::A' } })).toEqual([
      'error create-and-modify tasks/a2.md:11:9',
    ]);
    expect(said1({ a1: { create: 'a.py' }, a2: { wave: 2, deps: 'a1', modify: 'a.py' } })).toEqual([]);
  });

  it('is a warning when the two never run together: one waits for the other, or they conflict', () => {
    expect(said1({ a1: { modify: 'a.py' }, a2: { deps: 'a1', modify: 'a.py' } })).toEqual([
      'warning modify-not-exclusive tasks/a2.md:11:9',
    ]);
    expect(said1({ a1: { modify: 'a.py' }, a2: { more: 'conflicts: [a1]', modify: 'a.py' } })).toEqual([
      'warning modify-not-exclusive tasks/a2.md:12:9',
    ]);
  });

  it('an error is not hidden by a rival that is allowed', () => {
    expect(
      said1({
        a1: { modify: 'a.py' },
        a2: { more: 'conflicts: [a1]', modify: 'b.py' },
        a3: { more: 'conflicts: [a1]', modify: 'a.py, b.py' },
      }),
    ).toEqual(['warning modify-not-exclusive tasks/a3.md:12:9', 'error modify-not-exclusive tasks/a3.md:12:15']);
  });
});

it('"Files to Create/Modify" may go through the waves, but not through one', () => {
  const scope = '### Files to Create/Modify\n- `a.ts`\n### Boundary\n- none';
  const tasks = (wave: number) => smallPlan({ a1: { scope }, a2: { scope, wave, deps: wave === 2 ? 'a1' : '' } });
  expect(codes(tasks(2))).toEqual([]);
  expect(codes(tasks(1))).toEqual(['error modify-not-exclusive tasks/a2.md:11:4']);
});

it('the matrix has a row a file and symbol, braces spelled out', () => {
  const { tasks } = planOf(
    plan({
      a1: { create: 'src/{b,a}.ts', modify: 'config.ts::routes' },
      a2: { create: 'test/*.ts', modify: 'config.ts::menu' },
      a3: { wave: 2, deps: 'a1', modify: 'config.ts, src/a.ts' },
    }),
  );
  const row = (path: string, create: string[], modify: string[], symbol?: string) => {
    const owner = (text: string) => ({ task: text.split(' ')[0], wave: Number(text.split(' ')[1]) });
    return { path, ...(symbol ? { symbol } : {}), create: create.map(owner), modify: modify.map(owner) };
  };
  expect(ownershipMatrix(tasks)).toEqual([
    row('config.ts', [], ['a3 2']),
    row('config.ts', [], ['a2 1'], 'menu'),
    row('config.ts', [], ['a1 1'], 'routes'),
    row('src/a.ts', ['a1 1'], ['a3 2']),
    row('src/b.ts', ['a1 1'], []),
    row('test/*.ts', ['a2 1'], []),
  ]);
});

it('what a task must write and must not touch is pointed out', () => {
  const source = smallPlan({ a1: { scope: 'CREATE: src/a.ts\nBOUNDARY: src/*' } });
  expect(codes(source)).toEqual(['warning scope-contradiction tasks/a1.md:10:9']);
});

it('files that are there already, or not there, are noted when the repository is known', () => {
  const source = plan({ a1: { create: 'old.ts, new.ts', modify: 'old.ts, new.ts, gone.ts, *.md' } });
  const has = (path: string) => path === 'old.ts';
  expect(codes({ ...source, repositoryHas: has })).toEqual(
    [
      'warning missing-contract',
      'note create-existing tasks/a1.md:10:9',
      'note modify-missing tasks/a1.md:11:25',
    ].filter((line) => !line.startsWith('warning')),
  );
});
