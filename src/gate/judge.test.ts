import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aResult, aTask, changesOf, theFacts } from '../../test/rig/attempts.ts';
import { scope } from '../../test/rig/scopes.ts';
import { type ContentFinding, UNFIT } from '../run/content.ts';
import type { FileSymbols } from '../scope/symbols.ts';
import type { AttemptFacts } from './gate.ts';
import { judgeAttempt } from './judge.ts';

function verdicts(facts: AttemptFacts): Record<string, string> {
  return Object.fromEntries(judgeAttempt(facts).evidence.map(({ gate, verdict }) => [gate, verdict]));
}

function summaryOf(facts: AttemptFacts, gate: string): string {
  return judgeAttempt(facts).evidence.find((each) => each.gate === gate)!.summary;
}

const GATES = [
  'agent',
  'history',
  'commits',
  'marker',
  'contracts',
  'scope',
  'files',
  'content',
  'repository',
  'claim',
];
const allPass = Object.fromEntries(GATES.map((gate) => [gate, 'pass']));

describe('judgeAttempt', () => {
  it('lets a good attempt land, with evidence of every gate in order', () => {
    const { evidence, failure } = judgeAttempt(theFacts());
    expect(failure).toBeNull();
    expect(evidence.map(({ gate }) => gate)).toEqual(GATES);
    expect(verdicts(theFacts())).toEqual(allPass);
  });

  it('the first failure is the attempt’s, and the later gates still give evidence', () => {
    const facts = theFacts({
      task: aTask({ scope: scope({ boundary: ['infra/'] }) }),
      result: aResult({ outcome: 'timeout', message: 'over 2h', exit: null, signal: 'SIGTERM', marker: false }),
      changes: changesOf('M infra/main.tf'),
    });
    expect(judgeAttempt(facts).failure).toEqual({
      code: 'agent',
      outcome: 'timeout',
      message: 'over 2h',
      exit: null,
      signal: 'SIGTERM',
    });
    expect(verdicts(facts)).toEqual({ ...allPass, agent: 'fail', marker: 'warn', scope: 'fail' });
  });

  it('lands exactly when no gate fails', () => {
    const facts = fc.record({
      outcome: fc.constantFrom('success' as const, 'timeout' as const, 'agent-error' as const),
      commits: fc.nat({ max: 2 }),
      marker: fc.boolean(),
      policy: fc.constantFrom('warn' as const, 'enforce' as const),
      lines: fc.subarray(['A src/a.ts', 'M src/b.ts', 'D infra/x', 'M README.md', 'M parallel/TS-0001-x/context.md']),
    });
    fc.assert(
      fc.property(facts, ({ outcome, commits, marker, policy, lines }) => {
        const task = aTask({ scope: scope({ create: ['src/a.ts'], modify: ['src/b.ts'], boundary: ['infra/'] }) });
        const changes = changesOf(...lines);
        const given = theFacts({ task, policy, changes, result: aResult({ outcome, commits, marker }) });
        const { failure, evidence } = judgeAttempt(given);
        expect(failure === null).toBe(evidence.every(({ verdict }) => verdict !== 'fail'));
        const touched = lines.some((line) => /infra|parallel/.test(line));
        const outside = policy === 'enforce' && lines.some((line) => line.includes('README'));
        const own = lines.some((line) => line.includes('src/'));
        const good = outcome === 'success' && commits > 0 && own && !touched && !outside;
        expect(failure === null).toBe(good);
      }),
    );
  });
});

describe('gate agent', () => {
  it('goes by the outcome, not by the exit status', () => {
    expect(verdicts(theFacts({ result: aResult({ exit: 1 }) })).agent).toBe('pass');
    const lied = theFacts({ result: aResult({ outcome: 'agent-error', exit: 0, message: 'Not logged in' }) });
    expect(judgeAttempt(lied).failure).toMatchObject({ code: 'agent', outcome: 'agent-error', exit: 0 });
    expect(summaryOf(lied, 'agent')).toBe('the agent gave up: Not logged in');
  });

  it('takes the failure of an executor that never came to an agent', () => {
    const failure = { code: 'setup', command: 'npm ci', exit: 1, tail: 'ERR' } as const;
    const facts = theFacts({ result: aResult({ outcome: 'crashed', failure, head: null, commits: 0 }), changes: [] });
    expect(judgeAttempt(facts).failure).toEqual(failure);
    expect(verdicts(facts)).toMatchObject({ agent: 'fail', commits: 'fail' });
  });
});

describe('an agent that asks for more', () => {
  const asks = [{ entry: 'src/b.ts', reason: 'it must be exported', held: null }];

  it('waits for an answer, unless it says that it is done', () => {
    const asking = theFacts({ asks, result: aResult({ claim: { task_completed: false } }) });
    expect(judgeAttempt(asking).failure).toEqual({ code: 'scope-request', requests: asks });
    expect(summaryOf(asking, 'agent')).toBe('asks to change src/b.ts: it must be exported');
    expect(judgeAttempt(theFacts({ asks, result: aResult({ claim: {} }) })).failure).not.toBeNull();
    const done = theFacts({ asks, result: aResult({ claim: { task_completed: true } }) });
    expect(judgeAttempt(done).failure).toBeNull();
    expect(summaryOf(done, 'claim')).toBe('asks to change src/b.ts: it must be exported');
  });

  it('one that did not come to its end asks for nothing', () => {
    const facts = theFacts({ asks, result: aResult({ outcome: 'timeout', exit: null }) });
    expect(judgeAttempt(facts).failure).toMatchObject({ code: 'agent', outcome: 'timeout' });
  });
});

describe('gate commits', () => {
  it.each([
    [aResult({ commits: 0 }), [], 'no commit after the base, and nothing left uncommitted'],
    [aResult({ commits: 2 }), [], '2 commits that together change nothing'],
    [aResult({ commits: 0, head: null }), [], 'there is no branch to read'],
  ])('fails: %#', (result, changes, message) => {
    expect(judgeAttempt(theFacts({ result, changes })).failure).toEqual({ code: 'no-commits', message });
  });

  it('says what was committed for the agent', () => {
    const facts = theFacts({ result: aResult({ commits: 3, leftovers: ['src/a.ts'] }) });
    expect(summaryOf(facts, 'commits')).toBe('3 commits, 1 changed path (1 path left uncommitted by the agent)');
  });
});

describe('gate marker', () => {
  it('misses the marker without failing', () => {
    const facts = theFacts({ result: aResult({ marker: false }) });
    expect(verdicts(facts).marker).toBe('warn');
    expect(judgeAttempt(facts).failure).toBeNull();
  });

  it('a committed marker is a warning, and no breach of the scope', () => {
    const facts = theFacts({
      task: aTask({ scope: scope({ create: ['src/a.ts'] }) }),
      policy: 'enforce',
      changes: changesOf('A src/a.ts', 'A .claude-task-complete'),
    });
    expect(verdicts(facts)).toEqual({ ...allPass, marker: 'warn' });
  });
});

describe('gate scope', () => {
  const task = aTask({ scope: scope({ create: ['src/a.ts'], modify: ['src/b.ts'], boundary: ['infra/*'] }) });

  it('a breached BOUNDARY fails under either policy, with all failing changes', () => {
    const changes = changesOf('A src/a.ts', 'M README.md', 'M infra/deep/main.tf');
    expect(judgeAttempt(theFacts({ task, changes })).failure).toEqual({
      code: 'boundary-violation',
      violations: [
        { path: 'infra/deep/main.tf', kind: 'modified', rule: 'boundary', entry: 'infra/*', severity: 'fail' },
      ],
    });
    const enforced = judgeAttempt(theFacts({ task, changes, policy: 'enforce' })).failure;
    expect(enforced).toMatchObject({ code: 'boundary-violation' });
    expect(enforced).toHaveProperty('violations.length', 2);
  });

  it('outside the scope is a warning, and a failure under enforce', () => {
    const changes = changesOf('A src/a.ts', 'A src/c.ts', 'M package-lock.json');
    expect(verdicts(theFacts({ task, changes })).scope).toBe('warn');
    expect(summaryOf(theFacts({ task, changes }), 'scope')).toBe('outside the scope: src/c.ts');
    expect(judgeAttempt(theFacts({ task, changes })).failure).toBeNull();
    expect(judgeAttempt(theFacts({ task, changes, policy: 'enforce' })).failure).toEqual({
      code: 'scope-violation',
      violations: [{ path: 'src/c.ts', kind: 'added', rule: 'outside', severity: 'fail' }],
    });
  });

  it('lockfiles are in every scope, and so is what the config allows', () => {
    const changes = changesOf('A src/a.ts', 'M package-lock.json', 'A web/yarn.lock', 'A docs/generated/api.md');
    expect(judgeAttempt(theFacts({ task, changes, policy: 'enforce' })).failure).toMatchObject({
      violations: [{ path: 'docs/generated/api.md' }],
    });
    const allowed = theFacts({ task, changes, policy: 'enforce', allow: ['docs/generated/**'] });
    expect(judgeAttempt(allowed).failure).toBeNull();
  });

  it('nobody changes the plan folder', () => {
    const changes = changesOf('A src/a.ts', 'M parallel/TS-0001-x/contracts/types.py');
    expect(judgeAttempt(theFacts({ changes })).failure).toMatchObject({ code: 'boundary-violation' });
    expect(judgeAttempt(theFacts({ changes, planPath: 'parallel/TS-0001-x/' })).failure).not.toBeNull();
    expect(judgeAttempt(theFacts({ changes, planPath: null })).failure).toBeNull();
    expect(judgeAttempt(theFacts({ changes: changesOf('A parallel/TS-0001-xyz/a') })).failure).toBeNull();
  });

  it('a plan folder that is the repository itself does not forbid everything', () => {
    expect(judgeAttempt(theFacts({ planPath: '' })).failure).toBeNull();
    expect(judgeAttempt(theFacts({ planPath: '.' })).failure).toBeNull();
  });

  it('a contract that is a source file belongs to the task that writes it, and to no other', () => {
    const contracts = ['src/types.ts', 'contracts/api.yaml'];
    const changes = changesOf('M src/types.ts');
    expect(judgeAttempt(theFacts({ task: aTask({ contracts }), changes })).failure).toMatchObject({
      code: 'boundary-violation',
    });
    const owner = aTask({ contracts, scope: scope({ modify: ['src/*.ts'] }) });
    expect(judgeAttempt(theFacts({ task: owner, changes })).failure).toBeNull();
    // `contracts/` of the repository is not `contracts/` of the plan.
    const other = theFacts({ task: aTask({ contracts }), changes: changesOf('A contracts/api.yaml') });
    expect(judgeAttempt(other).failure).toBeNull();
  });

  it('keeps a bounded list of violations, the failing ones first', () => {
    const changes = changesOf(...Array.from({ length: 5000 }, (_, i) => `A junk/${i}`), 'M infra/main.tf');
    const { evidence, failure } = judgeAttempt(theFacts({ task, changes }));
    const details = evidence.find(({ gate }) => gate === 'scope')!.details as { total: number; violations: unknown[] };
    expect(details.total).toBe(5001);
    expect(details.violations).toHaveLength(100);
    expect(details.violations[0]).toMatchObject({ path: 'infra/main.tf' });
    expect(failure).toHaveProperty('violations.length', 1);
  });
});

describe('gate scope, with symbols', () => {
  const task = aTask({ scope: scope({ modify: ['src/a.ts::A.f'] }) });
  const changes = changesOf('M src/a.ts');
  const judged = (facts: FileSymbols) => theFacts({ task, changes, symbols: new Map([['src/a.ts', facts]]) });
  const touched = (symbol: string) => ({ symbol, namespaces: 0, change: 'modified' as const, line: 7 });

  it('says what was touched, and where it is not its own', () => {
    expect(summaryOf(judged({ touched: [touched('A.f')] }), 'scope')).toBe(
      'the one changed path is in scope; src/a.ts: A.f',
    );
    const facts = judged({ touched: [touched('A.f'), touched('A.g')] });
    expect(verdicts(facts).scope).toBe('warn');
    expect(summaryOf(facts, 'scope')).toBe('outside the scope: src/a.ts:7 A.g; src/a.ts: A.f, A.g');
  });

  it('a file that cannot be parsed counts as a whole; one that could be before is a warning', () => {
    const never = judged({ unknown: 'there is no grammar for it' });
    expect([verdicts(never).scope, judgeAttempt(never).failure]).toEqual(['pass', null]);
    const broken = judged({ unknown: 'line 3 does not parse', broken: true });
    expect([verdicts(broken).scope, judgeAttempt(broken).failure]).toEqual(['warn', null]);
    expect(summaryOf(broken, 'scope')).toContain('src/a.ts judged as a whole: line 3 does not parse');
  });

  it('only imports are nothing of its own', () => {
    expect(judgeAttempt(judged({ touched: [] })).failure).toMatchObject({ code: 'no-commits' });
  });

  it('comments may be all that was asked for', () => {
    const facts = judged({ touched: [], wording: true });
    expect(judgeAttempt(facts).failure).toBeNull();
    expect(summaryOf(facts, 'scope')).toBe('the one changed path is in scope; src/a.ts: only comments, space or order');
  });
});

describe('gate files', () => {
  const task = aTask({ scope: scope({ create: ['src/a.ts'], modify: ['lib/*'] }) });

  it('commits that touch nothing the task owns are not its work', () => {
    const changes = changesOf('M README.md', 'M package-lock.json');
    expect(judgeAttempt(theFacts({ task, changes })).failure).toEqual({
      code: 'no-commits',
      message: 'nothing of what the task may write was changed, only README.md',
    });
    expect(judgeAttempt(theFacts({ task, changes: changesOf('M lib/b.ts', 'M README.md') })).failure).toBeNull();
    expect(judgeAttempt(theFacts({ task, changes, allow: ['README.md'] })).failure).toBeNull();
    expect(judgeAttempt(theFacts({ changes })).failure).toBeNull(); // a task without a scope owns whatever it needs
  });

  it('a declared file that is not there is shown', () => {
    const facts = theFacts({ task, missing: ['src/b.ts'] });
    expect(judgeAttempt(facts).failure).toBeNull();
    expect(summaryOf(facts, 'files')).toBe('was to be created and is not there: src/b.ts');
  });
});

describe('gate history', () => {
  it('a branch that does not continue its base fails before anything else is asked', () => {
    const { failure } = judgeAttempt(theFacts({ descends: false, changes: [], result: aResult({ commits: 0 }) }));
    expect(failure).toMatchObject({ code: 'history-rewritten' });
  });

  it('commits of others fail; those of the integration branch are told', () => {
    const origin = { foreign: ['c'.repeat(40)], ref: 'refs/heads/feature/task-002', integrated: [] };
    expect(judgeAttempt(theFacts({ origin })).failure).toEqual({
      code: 'foreign-commits',
      commits: ['c'.repeat(40)],
      ref: 'refs/heads/feature/task-002',
    });
    const known = theFacts({ origin: { foreign: [], ref: null, integrated: ['d'.repeat(40)] } });
    expect(verdicts(known)).toEqual({ ...allPass, history: 'warn' });
  });
});

describe('gate content', () => {
  const finding = (problem: ContentFinding['problem']) => ({ path: 'src/a.ts', problem, detail: 'so' });

  it.each(UNFIT)('%s fails', (problem) => {
    const findings = [finding('executable'), finding(problem)];
    expect(judgeAttempt(theFacts({ findings })).failure).toEqual({ code: problem, findings: [finding(problem)] });
  });

  it.each(['windows-name', 'line-endings', 'executable', 'submodule', 'install-script'] as const)(
    '%s is shown',
    (it) => {
      const task = aTask({ scope: scope({ create: ['src/a.ts'] }) });
      const facts = theFacts({ task, findings: [finding(it)] });
      expect(judgeAttempt(facts).failure).toBeNull();
      expect(verdicts(facts).content).toBe('warn');
      expect(summaryOf(facts, 'content')).toContain('src/a.ts (so)');
    },
  );

  it('what makes programs run for others needs the scope, whatever the policy', () => {
    const task = aTask({ scope: scope({ modify: ['src/*', 'package.json'] }) });
    const changes = changesOf('M src/a.ts', 'M package.json', 'M app[1]/package.json');
    const script = (path: string) => ({ path, problem: 'install-script' as const, detail: 'postinstall' });
    const inside = theFacts({ task, changes, findings: [script('package.json')] });
    expect(judgeAttempt(inside).failure).toBeNull();
    const outside = theFacts({ task, changes, findings: [script('app[1]/package.json')] });
    expect(judgeAttempt(outside).failure).toMatchObject({
      code: 'scope-violation',
      violations: [{ path: 'app[1]/package.json', rule: 'sensitive' }],
    });
  });
});

describe('gate claim', () => {
  const doubts = (claim: NonNullable<AttemptFacts['result']['claim']>) => {
    const facts = theFacts({ result: aResult({ claim }) });
    expect(judgeAttempt(facts).failure).toBeNull(); // a claim never decides
    return verdicts(facts).claim === 'warn' ? summaryOf(facts, 'claim') : '';
  };

  it.each([
    [{ task_completed: true, validation_passed: true, tests_run: 3, tests_passed: 3, tests_failed: 0 }, ''],
    [{ task_completed: true, files_created: ['src/a.ts', './src/a.ts', '/tmp/w/src/a.ts'] }, ''],
    [{ task_completed: false }, 'says the task is not completed'],
    [{ validation_passed: false }, 'says validation did not pass'],
    [{ validation_passed: true, tests_run: 0 }, 'says validation passed, and that no test ran'],
    [{ tests_run: 3, tests_passed: 2, tests_failed: 1 }, 'says 1 tests failed'],
    [{ tests_run: 1, tests_passed: 2 }, 'counts 2 test results for 1 tests'],
    [{ error_message: 'no\nluck' }, 'reports an error: no luck'],
    [{ error_message: null }, ''],
    [{ error_message: '' }, ''],
    [
      { files_created: ['src/a.ts', 'src/ghost.ts'], files_modified: ['/tmp/w/b.ts'] },
      'names files that it did not change: src/ghost.ts, /tmp/w/b.ts',
    ],
  ])('%j: %s', (claim, expected) => {
    expect(doubts(claim)).toBe(expected);
  });

  it('tests that nobody saw run are an unsupported claim', () => {
    const said = (ranTests?: boolean) =>
      theFacts({ result: aResult({ claim: { tests_run: 12 }, ...(ranTests !== undefined && { ranTests }) }) });
    expect(summaryOf(said(false), 'claim')).toBe('counts 12 tests, and its transcript shows no command that runs any');
    expect(judgeAttempt(said(false)).failure).toBeNull();
    expect([verdicts(said(true)).claim, verdicts(said()).claim]).toEqual(['pass', 'pass']);
    expect(summaryOf(said(true), 'claim')).toBe('the claim agrees with the evidence');
    expect(summaryOf(said(), 'claim')).toBe(
      'the claim agrees with the evidence; whether its 12 tests ran cannot be seen with this agent',
    );
  });

  it('says when there is none', () => {
    expect(summaryOf(theFacts(), 'claim')).toBe('the agent claims nothing');
  });

  it('a claim of success does not save a failed attempt', () => {
    const claim = { task_completed: true, validation_passed: true };
    expect(judgeAttempt(theFacts({ result: aResult({ claim, commits: 0 }), changes: [] })).failure).not.toBeNull();
  });
});
