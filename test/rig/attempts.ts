import type { AttemptFacts } from '../../src/gate/gate.ts';
import type { Task } from '../../src/plan/plan.ts';
import type { AttemptResult } from '../../src/run/event.ts';
import type { Change } from '../../src/scope/scope.ts';
import { scope } from './scopes.ts';

/** A task with nothing in it but what is given. */
export function aTask(given: Partial<Task> = {}): Task {
  return {
    id: 'task-001',
    title: 'Users',
    wave: 1,
    deps: [],
    blocks: [],
    conflicts: [],
    skills: [],
    contracts: [],
    scope: scope({}),
    objective: '',
    requirements: '',
    checklist: '',
    outputFormat: '',
    file: 'tasks/task-001.md',
    ...given,
  };
}

/** The result of an attempt that went well. */
export function aResult(given: Partial<AttemptResult> = {}): AttemptResult {
  return {
    outcome: 'success',
    message: 'All done.',
    exit: 0,
    signal: null,
    head: 'b'.repeat(40),
    commits: 1,
    leftovers: [],
    marker: true,
    claim: null,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    cost: { usd: null, source: 'unknown' },
    ms: 1000,
    ...given,
  };
}

/** Changes from `A path`, `M path`, `D path`, `T path`. */
export function changesOf(...lines: string[]): Change[] {
  const kinds: Record<string, Change['kind']> = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' };
  return lines.map((line) => ({ kind: kinds[line[0]!]!, path: line.slice(2) }));
}

/** Facts about an attempt that added `src/a.ts`. */
export function theFacts(given: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    task: aTask(),
    base: 'a'.repeat(40),
    result: aResult(),
    changes: changesOf('A src/a.ts'),
    contracts: [],
    from: 'a'.repeat(40),
    alone: true,
    descends: true,
    origin: { foreign: [], ref: null, integrated: [] },
    findings: [],
    missing: [],
    planPath: 'parallel/TS-0001-x',
    policy: 'warn',
    allow: [],
    symbols: new Map(),
    asks: [],
    ...given,
  };
}
