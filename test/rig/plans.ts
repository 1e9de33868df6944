import type { Plan, Task } from '../../src/plan/plan.ts';

/** A plan of these tasks, one wave for each number that occurs. */
export function aPlan(tasks: Task[], given: Partial<Plan> = {}): Plan {
  const numbers = [...new Set(tasks.map(({ wave }) => wave))].sort((a, b) => a - b);
  return {
    name: 'TS-0042-inventory',
    title: 'Inventory',
    variant: 'M2',
    tasks,
    waves: numbers.map((number) => ({
      number,
      tasks: tasks.filter(({ wave }) => wave === number).map(({ id }) => id),
    })),
    dependencies: [],
    context: '',
    contracts: [],
    ...given,
  };
}
