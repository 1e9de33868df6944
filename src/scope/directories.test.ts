import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, directoriesOf, outermost, sharedDirectories } from './directories.ts';
import type { ScopeEntry } from './scope.ts';

const entries = (...patterns: string[]): ScopeEntry[] => patterns.map((pattern) => ({ pattern, line: 1, column: 1 }));
const of = (create: string[], modify: string[] = []) =>
  directoriesOf({ create: entries(...create), modify: entries(...modify), boundary: [], prose: [] });

describe('directories of a scope', () => {
  it.each([
    [['src/users/user.ts'], ['src/users']],
    [
      ['src/users/user.ts', 'src/users/db/table.ts', 'test/users.test.ts'],
      ['src/users', 'test'],
    ],
    [['apps/users/{models,views}.py'], ['apps/users']],
    [['apps/users/**/*.py', 'apps/users/'], ['apps/users']],
    [['src/us*/x.ts'], ['src']],
    [['README.md'], ['.']],
    [['*.ts', 'src/a/b.ts'], ['.']],
    [[], []],
  ])('%j → %j', (create, expected) => {
    expect(of(create)).toEqual(expected);
  });

  it('hold every path that the scope has', () => {
    const name = fc.constantFrom('a', 'b', 'c.ts', 'd');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1 }), (paths) => {
        const found = of(paths);
        for (const each of paths) expect(found.some((directory) => contains(directory, each))).toBe(true);
        expect(outermost(found)).toEqual(found);
      }),
    );
  });
});

describe('directories that tasks share', () => {
  const task = (id: string, directories: string[], deps: string[] = []) => ({ id, deps, directories });

  it('are told, unless one task waits for the other', () => {
    const tasks = [
      task('a', ['src/a']),
      task('b', ['src/a/deep'], []),
      task('c', ['src/a'], ['d']),
      task('d', [], ['a']),
    ];
    expect(sharedDirectories(tasks)).toEqual([
      { tasks: ['a', 'b'], directories: ['src/a', 'src/a/deep'] },
      { tasks: ['b', 'c'], directories: ['src/a/deep', 'src/a'] },
    ]);
  });

  it('are the pairs that a look at every pair and every path of dependencies finds', () => {
    const directory = fc.constantFrom('.', 'a', 'a/b', 'a/b/c', 'ab', 'd');
    const plan = fc.array(fc.tuple(fc.array(directory, { maxLength: 3 }), fc.array(fc.nat(9), { maxLength: 2 })), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(plan, (drawn) => {
        const tasks = drawn.map(([directories, deps], at) => {
          const before = deps.filter((dep) => dep < at).map((dep) => `t${dep}`);
          return task(`t${at}`, outermost(directories), before);
        });
        const waits = (a: string, b: string): boolean =>
          tasks.find(({ id }) => id === a)!.deps.some((dep) => dep === b || waits(dep, b));
        const pairs = tasks.flatMap((a, at) =>
          tasks.slice(at + 1).flatMap((b) => {
            const meet = a.directories.some((x) => b.directories.some((y) => contains(x, y) || contains(y, x)));
            return meet && !waits(a.id, b.id) && !waits(b.id, a.id) ? [[a.id, b.id]] : [];
          }),
        );
        expect(sharedDirectories(tasks).map((each) => each.tasks)).toEqual(pairs);
      }),
    );
  });

  it('a name that begins alike is another directory', () => {
    expect(sharedDirectories([task('a', ['src/a']), task('b', ['src/ab'])])).toEqual([]);
  });
});
