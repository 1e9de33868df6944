import type { Report } from '../../src/report/report.ts';

const OID = 'a'.repeat(40);
const COST = { usd: 0.25, source: 'reported' } as const;
const check = (result: 'passed' | 'failed' | 'warning' | 'not-checked', details = 'none') => ({ result, details });

/**
 * A report in which one task landed with a warning, one is in conflict, one was never begun and one was skipped. `said` is what
 * plan and agents say wherever they may say something.
 */
export function sampleReport(said = 'plain words'): Report {
  const attempt = { agent: 'claude', startedAt: 1_000, endedAt: 5_000, claim: null, failure: null };
  const task = {
    wave: 1,
    commit: null,
    commits: null,
    elapsedMs: 4_000,
    cost: COST,
    notes: [],
    checklist: [],
    attempts: [],
  };
  const violation = { task: 'task-001', kind: 'modified', rule: 'outside', severity: 'warn' } as const;
  const tail = `1 failed: ${said}`;
  return {
    v: 1,
    generatedAt: 10_000,
    plan: 'TS-0042-shop',
    title: said,
    planDir: '/repo/parallel/TS-0042-shop',
    prd: null,
    techSpec: null,
    run: '20261126-110000-abcd',
    outcome: 'failed',
    base: OID,
    integration: { branch: 'copse/TS-0042-shop', tip: OID },
    landed: null,
    asked: null,
    elapsedMs: 9_000,
    stack: [
      {
        name: 'test',
        kind: 'tests',
        command: 'npm run test',
        outcome: 'failed',
        exit: 1,
        counts: { passed: 3, failed: 1, skipped: 0 },
        failures: [{ name: said, file: 'a.test.ts', status: 'new', blame: [{ task: 'task-001', file: 'a.ts' }] }],
        tail,
        ms: 900,
      },
    ],
    batches: [
      {
        onto: OID,
        commit: OID,
        tasks: ['task-001', 'task-002'],
        culprits: [{ task: 'task-002', with: ['task-001'] }],
        checks: [],
        flaky: [{ check: 'test', name: said, file: 'b.test.ts', line: 7 }],
        runs: 4,
        ms: 8_200,
      },
    ],
    cost: COST,
    tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 },
    checks: {
      branch_merge: check('failed', '1/4 merged, 1 in conflict'),
      contract_compliance: check('not-checked'),
      tech_spec_compliance: check('not-checked'),
      boundary_violations: check('warning', said),
      tests: check('failed'),
      type_check: check('not-checked'),
      lint: check('not-checked'),
    },
    waves: [
      {
        number: 1,
        name: null,
        command: 'npm test',
        result: 'failed',
        failure: { code: 'validation', wave: 1, command: 'npm test', exit: 1, tail },
      },
      { number: 2, name: null, command: null, result: 'not-checked', failure: null },
    ],
    tasks: [
      {
        ...task,
        id: 'task-001',
        title: said,
        state: 'integrated',
        commit: OID,
        commits: 2,
        notes: [said],
        attempts: [
          {
            ...attempt,
            number: 1,
            outcome: 'success',
            evidence: [
              { gate: 'commits', verdict: 'pass', summary: '2 commits' },
              { gate: 'content', verdict: 'warn', summary: said },
            ],
            claim: { task_completed: true, tests_run: 12, summary: said },
          },
        ],
      },
      {
        ...task,
        id: 'task-002',
        title: 'Orders',
        state: 'failed',
        attempts: [
          {
            ...attempt,
            number: 1,
            outcome: 'success',
            evidence: [],
            failure: { code: 'merge-conflict', paths: ['src/a b.ts', 'src/c.ts'], onto: OID, messages: [said] },
          },
        ],
      },
      { ...task, id: 'task-003', title: 'Api', wave: 2, state: 'blocked', elapsedMs: 0 },
      { ...task, id: 'task-004', title: 'Docs', wave: 2, state: 'skipped', elapsedMs: 0 },
    ],
    violations: [
      { ...violation, path: 'README.md' },
      {
        ...violation,
        path: 'src/ä.ts',
        rule: 'boundary',
        severity: 'fail',
        line: 12,
        symbol: 'User.save',
        entry: said,
      },
    ],
    contracts: null,
    escapes: [
      {
        where: { is: 'checkout' },
        suspects: [{ task: 'task-002', attempt: 1, evidence: said }],
        changes: [{ kind: 'file', path: 'config.json', how: 'modified' }],
        patch: '/repo/.git/copse/1.patch',
      },
    ],
    actions: { mustFix: [said], shouldFix: [said] },
    next: ['copse run TS-0042-shop --retry-failed'],
  };
}
