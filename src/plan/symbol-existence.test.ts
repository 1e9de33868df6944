import { expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { scope } from '../../test/rig/scopes.ts';
import { filesWithNamedSymbols, missingSymbols } from './symbol-existence.ts';

const definitions = new Map([
  [
    'shop.py',
    [
      { symbol: 'Acme.Order', namespaces: 1 },
      { symbol: 'Acme.Order.total', namespaces: 1 },
    ],
  ],
]);
const task = (id: string, modify: string[], create: string[] = []) => aTask({ id, scope: scope({ modify, create }) });

it('symbols to modify that are nowhere are noted', () => {
  const tasks = [
    task('task-001', ['shop.py::Order.total', 'shop.py::Order', 'shop.py::Ordr', 'other.py::x', 'shop.py', '*.py::y']),
    task('task-002', ['shop.py::Order.count']),
    task('task-003', [], ['shop.py::parse']),
    task('task-004', ['shop.py::parse.inner']),
  ];
  expect(filesWithNamedSymbols(tasks)).toEqual(['shop.py', 'other.py']);
  const said = missingSymbols(tasks, definitions).map(({ level, code, message }) => `${level} ${code} ${message}`);
  // task-001 may write the whole of shop.py, and so what task-002 and task-004 want there.
  expect(said).toEqual(["note symbol-missing 'shop.py' has no 'Ordr', which is to be modified"]);
});
