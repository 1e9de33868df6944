import { describe, expect, it } from 'vitest';
import { sampleReport } from '../../test/rig/report.ts';
import type { ContractCheck } from '../run/contract.ts';
import { contractSection, judgeContracts } from './contracts.ts';
import { findingsOf } from './findings.ts';

const check = (outcome: ContractCheck['outcome'], more: Partial<ContractCheck> = {}): ContractCheck => ({
  contract: 'contracts/api.yaml',
  kind: 'openapi',
  outcome,
  hash: `sha256:${'0123456789abcdef'.repeat(4)}`,
  findings: [],
  ...more,
});

describe('the line of the summary', () => {
  it.each([
    ['not-checked', 'the plan has no contracts', [], []],
    ['passed', '2 met', ['met', 'met'], []],
    ['warning', '1 met, 1 not checked', ['met', 'not-checked'], []],
    ['warning', '1 met, 1 broken', ['met', 'broken'], []],
    ['failed', '1 met, 1 broken', ['met', 'broken'], ['contracts/api.yaml']],
    ['not-checked', '2 not checked', ['not-checked', 'not-checked'], []],
  ] as const)('%s: %s', (result, details, outcomes, broken) => {
    const checks = outcomes.map((each) => check(each));
    expect(judgeContracts({ commit: 'a', checks, broken: [...broken] })).toEqual({ result, details });
  });

  it('nobody looked', () => {
    expect(judgeContracts(null).result).toBe('not-checked');
  });
});

it('the section: each contract with its hash, each finding with its lines and what it rests on', () => {
  const findings: ContractCheck['findings'] = [
    {
      code: 'missing-endpoint',
      level: 'error',
      basis: 'advisory',
      contract: { file: 'contracts/api.yaml', line: 7 },
      at: { file: 'a.py', line: 3 },
      message: 'no *GET* /x',
    },
    {
      code: 'extra-endpoint',
      level: 'note',
      basis: 'advisory',
      contract: { file: 'contracts/api.yaml' },
      message: 'GET /y',
    },
  ];
  const checks = [
    check('broken', { findings }),
    check('not-checked', { contract: 'contracts/t.sql', kind: 'sql', why: 'no tables' }),
  ];
  expect(
    contractSection({ commit: 'a', checks, broken: [] }, (text) => text.replaceAll('*', '')),
  ).toBe(`### API Endpoints

- contracts/api.yaml: ❌ broken (sha256:0123456789ab)
  - error (advisory): contracts/api.yaml:7 (a.py:3): no GET /x
  - note: contracts/api.yaml: GET /y

### Type Definitions

Not checked.

### Schemas

- contracts/t.sql: ⚪ not checked, no tables (sha256:0123456789ab)`);
});

it('tools that show findings in code get those that are no notes, at the line of the code', () => {
  const at = { file: 'a.py', line: 3 };
  const contract = { file: 'contracts/api.yaml', line: 7 };
  const nowhere = { ...contract, path: 'parallel/p/contracts/api.yaml', line: 7 };
  const findings: ContractCheck['findings'] = [
    { code: 'missing-endpoint', level: 'error', basis: 'exact', contract: nowhere, message: 'no GET /x' },
    {
      code: 'method-mismatch',
      level: 'error',
      basis: 'advisory',
      contract,
      at,
      message: 'PUT /x',
      tasks: ['task-001'],
    },
    { code: 'extra-endpoint', level: 'note', basis: 'advisory', contract, at, message: 'GET /y' },
  ];
  const of = (broken: string[]) => {
    const report = { ...sampleReport(), contracts: { commit: 'a', checks: [check('broken', { findings })], broken } };
    return findingsOf(report).filter(({ rule }) => rule.startsWith('contract/'));
  };
  expect(of(['contracts/api.yaml'])).toEqual([
    {
      level: 'error',
      rule: 'contract/missing-endpoint',
      message: 'contracts/api.yaml: no GET /x',
      tasks: [],
      file: 'parallel/p/contracts/api.yaml',
      line: 7,
    },
    {
      level: 'error',
      rule: 'contract/method-mismatch',
      message: 'contracts/api.yaml: PUT /x',
      tasks: ['task-001'],
      file: 'a.py',
      line: 3,
    },
  ]);
  expect(of([]).map(({ level }) => level)).toEqual(['warning', 'warning']);
});
