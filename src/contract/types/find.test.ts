import { expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { implementations } from './aside.ts';
import { candidatesFor, namesOf } from './find.ts';
import type { Found } from './shape.ts';

it.each([
  ['User', ['User']],
  ['EmbedderContract', ['EmbedderContract', 'Embedder']],
  ['UserServiceProtocol', ['UserServiceProtocol', 'UserService']],
  ['IUserService', ['IUserService', 'UserService']],
  ['AbstractStore', ['AbstractStore', 'Store']],
  ['Item', ['Item']],
  ['Contract', ['Contract']],
  ['ID', ['ID']],
])('%s is implemented by %j', (name, names) => {
  expect(namesOf(name)).toEqual(names);
});

function found(file: string, name: string, nested?: true): Found {
  const shape = { name, line: 1, kind: 'record' as const, bases: [], fields: [], values: [], open: null };
  return { file, shape: nested ? { ...shape, nested } : shape };
}

it('the full name goes before its stem, a class of its own before one inside of another, a file of the task before others', () => {
  const all = [found('a.py', 'Store'), found('b.py', 'StoreContract', true), found('c.py', 'StoreContract')];
  const files = (own: string[], code = all) =>
    candidatesFor('StoreContract', code, (path) => own.includes(path)).map(({ file }) => file);
  expect(files([])).toEqual(['c.py']);
  expect(files([], all.slice(0, 2))).toEqual(['b.py']);
  expect(files([], all.slice(0, 1))).toEqual(['a.py']);
  expect(files(['d.py'], [...all, found('d.py', 'StoreContract')])).toEqual(['d.py']);
  expect(files([], [...all, found('d.py', 'StoreContract')])).toEqual(['c.py', 'd.py']);
});

it('tests, generated code, plans and the contract are no implementation', () => {
  const code = [
    'app/models.py',
    'src/contracts/types.py',
    'src/latest/user.ts',
    'src/distribution.ts',
    'tasks.py',
    'app/tasks/send.py',
    'app/tasks/README.md',
  ];
  const aside = [
    'contracts/types.py',
    'parallel/TS-1/contracts/types.py',
    'parallel/TS-1/tasks/task-001.md',
    'app/tests/factories.py',
    'app/test_models.py',
    'app/models_test.py',
    'app/migrations/0001_initial.py',
    'src/user.test.ts',
    'src/user.d.ts',
    'web/node_modules/x/index.ts',
    'dist/user.ts',
  ];
  const all = [...code, ...aside].sort();
  const tree = sourceTree(Object.fromEntries(all.map((path) => [path, ''])));
  expect(implementations(tree, all, 'contracts/types.py')).toEqual(code.sort());
  // Where plans are is not told by the files that hold some word: a contract would implement itself.
  expect(implementations(tree, ['parallel/TS-1/contracts/types.py'], 'contracts/types.py')).toEqual([]);
});
