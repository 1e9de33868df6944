import { expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { scope } from '../../test/rig/scopes.ts';
import type { Plan } from '../plan/plan.ts';
import { contractsOf } from './subject.ts';

it('contracts by whatever name, files of the repository that nobody writes, and those that no task names', () => {
  const plan: Plan = {
    name: 'TS-0042-shop',
    title: 'Shop',
    variant: 'M0',
    tasks: [
      aTask({ id: 'a', contracts: ['contracts/api.yaml', './types.py', 'docs/limits.json', 'src/models.py'] }),
      aTask({
        id: 'b',
        contracts: ['parallel/TS-0042-shop/contracts/api.yaml', 'src/models.py', 'src/shared.ts'],
        scope: scope({ create: ['src/models.py'], modify: ['src/*.ts'] }),
      }),
    ],
    waves: [],
    dependencies: [],
    context: '',
    contracts: ['api.yaml', 'types.py', 'more/notes.md'].map((path) => ({ path: `contracts/${path}`, text: path })),
  };
  expect(contractsOf(plan)).toEqual([
    { path: 'contracts/api.yaml', text: 'api.yaml', tasks: ['a', 'b'] },
    { path: 'contracts/types.py', text: 'types.py', tasks: ['a'] },
    { path: 'contracts/more/notes.md', text: 'more/notes.md', tasks: [] },
    { path: 'docs/limits.json', text: null, tasks: ['a'] },
  ]);
});
