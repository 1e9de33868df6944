import type { Plan } from '../plan/plan.ts';
import type { Batch } from '../run/batch.ts';
import { findingLine } from '../run/broken.ts';
import type { StackCheck } from '../run/check.ts';
import { describeFailure } from '../run/describe.ts';
import { describeEscape } from '../run/describe-escape.ts';
import { violationPlace } from '../run/describe-violation.ts';
import { type Escape, isNamed } from '../run/escape.ts';
import type { Claim, Cost, Evidence, Oid, Tokens } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { notesOf } from '../run/notes.ts';
import type { AttemptState, RunState, TaskState } from '../run/state.ts';
import { summarize, type TaskLabel } from '../run/summarize.ts';
import { type Warning, warningsOf } from '../run/warnings.ts';
import type { Violation } from '../scope/scope.ts';
import { flakyInBatches } from './batches.ts';
import { checklistItems } from './checklist.ts';
import { judgeContracts, type ReportContracts, reportContracts } from './contracts.ts';
import { detailsOf, type ReportItem } from './details.ts';
import { type Check, checkActions, rowOf, together } from './stack.ts';

/** report.json, version 1. Times in milliseconds since the epoch, durations in milliseconds. */
export interface Report {
  v: 1;
  generatedAt: number;
  plan: string;
  title: string;
  planDir: string;
  prd: string | null;
  techSpec: string | null;
  run: string;
  outcome: RunState['outcome'];
  base: Oid;
  integration: { branch: string; tip: Oid };
  landed: RunState['landed'];
  /** What was asked of a forge, the last time. */
  asked: RunState['asked'];
  elapsedMs: number;
  cost: Cost;
  tokens: Tokens;
  checks: Record<CheckName, { result: Check; details: string }>;
  /** The project's own checks on the merged tree; empty where none was run. */
  stack: StackCheck[];
  /** What landed together, where it was checked first. */
  batches: Batch[];
  waves: { number: number; name: string | null; command: string | null; result: Check; failure: Failure | null }[];
  tasks: ReportTask[];
  violations: ({ task: string } & Violation)[];
  /** What changed outside of the workspaces, and whether an agent is named for it. */
  escapes: Escape[];
  /** The contracts of the plan and the merged tree; null when nobody compared them. */
  contracts: ReportContracts;
  actions: { mustFix: string[]; shouldFix: string[] };
  next: string[];
}

export type CheckName =
  | 'branch_merge'
  | 'contract_compliance'
  | 'tech_spec_compliance'
  | 'boundary_violations'
  | 'tests'
  | 'type_check'
  | 'lint';

export interface ReportTask {
  id: string;
  title: string;
  wave: number;
  state: TaskLabel;
  commit: Oid | null;
  commits: number | null;
  elapsedMs: number;
  cost: Cost;
  /** What was unusual. */
  notes: string[];
  /** The items of its checklist, and what came of those that were run. */
  checklist: ReportItem[];
  attempts: ReportAttempt[];
}

export interface ReportAttempt {
  number: number;
  agent: string;
  outcome: string;
  startedAt: number;
  endedAt: number | null;
  evidence: Evidence[];
  /** What the agent said of its own work; never the basis of a verdict. */
  claim: Claim | null;
  failure: Failure | null;
}

/** What a run proved, from its journal and its plan. Pure. */
export function buildReport(state: RunState, plan: Plan, now: number): Report {
  const summary = summarize(state, now);
  const tasks = [...state.tasks.values()].map((task): ReportTask => {
    const row = summary.tasks.find((each) => each.id === task.seed.id)!;
    return {
      id: row.id,
      title: row.title,
      wave: row.wave,
      state: row.state,
      commit: task.status.is === 'integrated' ? task.status.commit : null,
      commits: row.commits,
      elapsedMs: row.elapsedMs,
      cost: row.cost,
      notes: notesOf(task),
      checklist: checklistItems(plan, task),
      attempts: task.attempts.map(reportAttempt),
    };
  });
  const waves = plan.waves.map((wave) => {
    const status = state.waves.get(wave.number)?.status ?? { is: 'open' as const };
    return {
      number: wave.number,
      name: wave.name ?? null,
      command: wave.validation?.command ?? null,
      result: wave.validation ? waveResult(status.is) : ('not-checked' as const),
      failure: status.is === 'failed' ? status.failure : null,
    };
  });
  const violations = [...state.tasks.values()].flatMap(violationsOf);
  const report: Omit<Report, 'checks' | 'actions' | 'next'> = {
    v: 1,
    generatedAt: now,
    plan: state.plan,
    title: state.title,
    planDir: state.planDir,
    prd: plan.prd ?? null,
    techSpec: plan.techSpec ?? null,
    run: state.id,
    outcome: state.outcome,
    base: state.base,
    integration: { branch: summary.integrationBranch, tip: state.tip },
    landed: state.landed,
    asked: state.asked,
    elapsedMs: summary.elapsedMs,
    cost: summary.cost,
    tokens: summary.tokens,
    stack: state.checks,
    batches: state.batches,
    waves,
    tasks,
    violations,
    escapes: state.escapes,
    contracts: reportContracts(state),
  };
  const checks = checksOf(report);
  return { ...report, checks, actions: actionsOf(report, warningsOf(state)), next: nextSteps(report) };
}

function reportAttempt(attempt: AttemptState): ReportAttempt {
  return {
    number: attempt.number,
    agent: attempt.agent,
    outcome: attempt.result?.outcome ?? 'lost',
    startedAt: attempt.startedAt,
    endedAt: attempt.endedAt,
    evidence: attempt.evidence,
    claim: attempt.result?.claim ?? null,
    failure: attempt.failure,
  };
}

/** Violations of the last attempt only: what an earlier one broke was thrown away with it. */
function violationsOf(task: TaskState): ({ task: string } & Violation)[] {
  const { violations = [] } = detailsOf(task.attempts.at(-1), 'scope');
  return violations.map((violation) => ({ task: task.seed.id, ...violation }));
}

function waveResult(is: string): Check {
  return is === 'validated' ? 'passed' : is === 'failed' ? 'failed' : 'not-checked';
}

type Facts = Omit<Report, 'checks' | 'actions' | 'next'>;

function checksOf(report: Facts): Report['checks'] {
  const integrated = report.tasks.filter((task) => task.state === 'integrated').length;
  const conflicts = report.tasks.filter(
    ({ state, attempts }) => state !== 'integrated' && attempts.at(-1)?.failure?.code === 'merge-conflict',
  ).length;
  const hard = report.violations.filter((violation) => violation.severity === 'fail').length;
  const validated = report.waves.filter((wave) => wave.command !== null);
  const failed = validated.filter((wave) => wave.result === 'failed').length;
  const passed = validated.filter((wave) => wave.result === 'passed').length;
  const tests: Check =
    failed > 0 ? 'failed' : passed === 0 ? 'not-checked' : passed === validated.length ? 'passed' : 'warning';
  const none = { result: 'not-checked' as const, details: 'no machine check configured' };
  return {
    branch_merge: {
      result: integrated === report.tasks.length ? 'passed' : 'failed',
      details: `${integrated}/${report.tasks.length} merged${conflicts > 0 ? `, ${conflicts} in conflict` : ''}`,
    },
    contract_compliance: judgeContracts(report.contracts),
    tech_spec_compliance: none,
    boundary_violations: {
      result: hard > 0 ? 'failed' : report.violations.length > 0 ? 'warning' : 'passed',
      details:
        report.violations.length === 0
          ? 'none'
          : `${hard} of boundaries, ${report.violations.length - hard} outside scopes`,
    },
    tests: together(
      {
        result: tests,
        details:
          validated.length === 0
            ? 'no wave has a validation'
            : `${passed}/${validated.length} wave validations passed on the merged tree`,
      },
      rowOf(report.stack, 'tests'),
    ),
    type_check: rowOf(report.stack, 'type-check') ?? none,
    lint: rowOf(report.stack, 'lint') ?? none,
  };
}

function actionsOf(report: Facts, warnings: Warning[]): Report['actions'] {
  const mustFix = [
    ...report.tasks
      .filter((task) => task.state !== 'integrated' && task.state !== 'skipped')
      .map((task) => `${task.id} (${task.title}) ${whatIsWrong(task)}`),
    ...report.waves
      .filter((wave) => wave.result === 'failed')
      .map((wave) => `the validation of wave ${wave.number} failed: ${wave.command}`),
    ...brokenErrors(report.contracts, true),
  ];
  const shouldFix = report.violations
    .filter((violation) => violation.severity === 'warn')
    .map((violation) => `${violation.task} changed ${violationPlace(violation)} (${violation.rule})`);
  const told = new Set(report.violations.map(({ task }) => task));
  const others = warnings.filter(({ gate, task }) => gate !== 'scope' || !told.has(task));
  shouldFix.push(...others.map(({ task, summary }) => `look at ${task}: ${summary}`));
  shouldFix.push(...brokenErrors(report.contracts, false));
  shouldFix.push(...report.escapes.filter(isNamed).map((each) => `look at this: ${describeEscape(each)}`));
  shouldFix.push(...flakyInBatches(report.batches).map(({ message }) => `flaky: ${message}`));
  const checked = checkActions(report.stack);
  return { mustFix: [...mustFix, ...checked.mustFix], shouldFix: [...shouldFix, ...checked.shouldFix] };
}

function whatIsWrong({ state, attempts }: ReportTask): string {
  const failure = attempts.at(-1)?.failure;
  if (!failure || state === 'blocked') return `is ${state}`;
  return state === 'needs-you' ? describeFailure(failure) : `is ${state}: ${describeFailure(failure)}`;
}

/** Errors of contracts: of those whose errors count, or of the others. */
function brokenErrors(contracts: ReportContracts, doCount: boolean): string[] {
  const checks = (contracts?.checks ?? []).filter(({ contract }) => contracts?.broken.includes(contract) === doCount);
  const errors = checks.flatMap(({ findings }) => findings.filter(({ level }) => level === 'error'));
  return errors.map(
    (finding) => `${findingLine(finding)}${finding.basis === 'advisory' ? ' (read off the source)' : ''}`,
  );
}

function nextSteps(report: Facts): string[] {
  if (report.landed?.tip === report.integration.tip) {
    return [`${report.landed.target} has it all; remove the workspaces: copse clean ${report.plan}`];
  }
  if (report.stack.some(({ outcome }) => outcome === 'failed')) {
    const branch = report.integration.branch;
    return [`mend what fails on ${branch} and commit it there, then: copse integrate ${report.plan}`];
  }
  if (report.tasks.every((task) => task.state === 'integrated')) return [`land it: copse integrate ${report.plan}`];
  const [asking] = report.tasks.filter((task) => task.state === 'needs-you');
  if (asking?.attempts.at(-1)?.failure?.code === 'merge-conflict')
    return [`resolve the conflict of ${asking.id}: copse integrate --continue ${report.plan}`];
  if (asking)
    return [`let it: copse resume ${report.plan} --grant ${asking.id}`, `read its log: copse logs ${asking.id}`];
  return [`try the failed tasks again: copse run ${report.plan} --retry-failed`, `read a log: copse logs TASK`];
}
