import { expect, it } from 'vitest';
import { styleFor } from '../style.ts';
import { shortNames, showOwnership } from './ownership.ts';

const style = styleFor({ write: () => {}, isTTY: false, columns: 80, rows: 24 }, {});
const ids = ['task-001-inventory-service', 'task-002-ordering-service', 'task-003-api', 'setup'];
const row = (path: string, create: string[], modify: string[]) => ({
  path,
  create: create.map((task) => ({ task, wave: 1 })),
  modify: modify.map((task) => ({ task, wave: 2 })),
});
const shown = (rows: Parameters<typeof showOwnership>[0], width: number) =>
  showOwnership(rows, ids, { style, width, verbose: false }).split('\n').slice(1, -1);

it('ids are whole where there is room, and their numbers where there is not', () => {
  const rows = [row('src/services/inventory/index.ts', ['task-001-inventory-service'], ['setup', 'task-003-api'])];
  expect(shown(rows, 120)).toEqual([
    '  FILE                             CREATE                         MODIFY',
    '  src/services/inventory/index.ts  task-001-inventory-service w1  setup w2, task-003-api w2',
  ]);
  expect(shown(rows, 80)).toEqual([
    '  FILE                             CREATE       MODIFY',
    '  src/services/inventory/index.ts  task-001 w1  setup w2, task-003 w2',
  ]);
});

it('lists wrap inside their column, a long path has a line of its own', () => {
  const path = 'a/path/that/is/longer/than/forty/columns.ts';
  expect(shown([row(path, ['setup'], ids), row('b.ts', [], ['setup'])], 44)).toEqual([
    '  FILE    CREATE    MODIFY',
    `  ${path}`,
    '          setup w1  task-001 w2,',
    '                    task-002 w2,',
    '                    task-003 w2, setup w2',
    '  b.ts    -         setup w2',
  ]);
});

it('a number that two tasks share is no name', () => {
  const short = shortNames(['task-001-a', 'task-001-b', 'task-002-c', '003', 'x1']);
  expect(['task-001-a', 'task-001-b', 'task-002-c', '003', 'x1'].map(short)).toEqual([
    'task-001-a',
    'task-001-b',
    'task-002',
    '003',
    'x1',
  ]);
});
