import { expect, it } from 'vitest';
import { taskOfBranch } from './task-of-branch.ts';

const IDS = ['task-001', 'task-001-users', 'task-002-orders', 'task-003-a', 'task-003-b', 'T.4'];

it.each([
  ['feature/task-001', 'task-001'],
  ['task-001', 'task-001'],
  ['origin/bea/task-001-users_v2', 'task-001-users'],
  ['feature/TASK-002', 'task-002-orders'],
  ['feature/task-0012', null],
  ['feature/mytask-001', null],
  ['feature/task-003', null],
  ['feature/task-003-b', 'task-003-b'],
  ['feature/T.4', 'T.4'],
  ['feature/Tx4', null],
  ['feature/other', null],
])('%s is about %s', (branch, task) => {
  expect(taskOfBranch(branch, IDS)).toBe(task);
});
