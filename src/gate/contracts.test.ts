import { expect, it } from 'vitest';
import { aResult, aTask, changesOf, theFacts } from '../../test/rig/attempts.ts';
import { scope } from '../../test/rig/scopes.ts';
import { judgeAttempt } from './judge.ts';

const contracts = [
  { path: 'parallel/TS-0001-x/contracts/api.yaml', name: 'contracts/api.yaml', tasks: ['task-001'], hash: 'sha256:1' },
  { path: 'docs/limits.json', name: 'docs/limits.json', tasks: ['task-002'], hash: null },
];

it.each(['M', 'D', 'T'])('%s of a contract has a verdict of its own, whatever the scope says', (how) => {
  const task = aTask({ scope: scope({ create: ['**'], modify: ['**'] }) });
  const facts = theFacts({ task, contracts, changes: changesOf('A src/a.ts', `${how} docs/limits.json`) });
  const { failure, evidence } = judgeAttempt(facts);
  expect(failure).toEqual({ code: 'contract-changed', paths: ['docs/limits.json'] });
  expect(evidence.find(({ gate }) => gate === 'contracts')).toMatchObject({
    verdict: 'fail',
    summary: 'changed a contract: docs/limits.json',
  });
  const planned = theFacts({ contracts, changes: changesOf(`${how} parallel/TS-0001-x/contracts/api.yaml`) });
  expect(judgeAttempt(planned).failure).toMatchObject({ code: 'contract-changed' });
});

it('a change that was given back counts, too: the code was written by it', () => {
  const result = aResult({ refused: ['parallel/TS-0001-x/context.md', contracts[0]!.path] });
  expect(judgeAttempt(theFacts({ contracts, result })).failure).toEqual({
    code: 'contract-changed',
    paths: [contracts[0]!.path],
  });
});

it('the hashes of the contracts of a task are evidence', () => {
  const { failure, evidence } = judgeAttempt(theFacts({ contracts }));
  expect(failure).toBeNull();
  expect(evidence.find(({ gate }) => gate === 'contracts')).toEqual({
    gate: 'contracts',
    verdict: 'pass',
    summary: 'no contract was changed',
    details: { changed: [], hashes: { 'contracts/api.yaml': 'sha256:1' } },
  });
});
