import type { StackCheck } from '../run/check.ts';
import type { ContractCheck } from '../run/contract.ts';
import { describeFailure } from '../run/describe.ts';
import { describeCheckFailure } from '../run/describe-check.ts';
import { describeChanges, describePlace } from '../run/describe-escape.ts';
import { describeViolation } from '../run/describe-violation.ts';
import { type Escape, isNamed } from '../run/escape.ts';
import type { Failure } from '../run/failure.ts';
import { flakyInBatches } from './batches.ts';
import { detailsOf } from './details.ts';
import type { Report, ReportAttempt, ReportTask } from './report.ts';

/** One thing in a report that somebody should look at, as the tools that show findings in code take it. */
export interface Finding {
  /** error: it stopped something. warning: it landed, or may land, all the same. */
  level: 'error' | 'warning';
  /** Stable, kebab-case with a group in front: `task/merge-conflict`, `scope/boundary`. */
  rule: string;
  /** One line. */
  message: string;
  /** Whose doing it is; with checks and contracts a guess, the likeliest first. */
  tasks: string[];
  /** Relative to the repository, with `/`. */
  file?: string;
  /** From 1. */
  line?: number;
}

type Place = Pick<Finding, 'file' | 'line'>;

/** What each group of rules is about. */
export const GROUPS: Record<string, string> = {
  task: 'A task that is not integrated',
  wave: 'A validation of a wave on the merged tree',
  scope: 'A change of files or definitions that the task does not own',
  escape: 'A change outside of the workspaces',
  contract: 'A difference between a contract and the code',
  check: 'A failure of the checks of the project on the merged tree',
  gate: 'Something measured about what a task made',
};

/** All findings of a report: failures first, then violations, then what only should be looked at. Pure. */
export function findingsOf(report: Report): Finding[] {
  return [
    ...report.tasks.flatMap(taskFindings),
    ...report.waves.flatMap(waveFindings),
    ...report.violations.map(violationFinding),
    ...contractFindings(report.contracts),
    ...report.stack.flatMap(checkFindings),
    ...flakyInBatches(report.batches).map((each): Finding => ({ level: 'warning', rule: 'check/flaky', ...each })),
    ...report.escapes.filter(isNamed).map(escapeFinding),
    ...report.tasks
      .filter(({ state }) => state === 'integrated')
      .flatMap((task) => warnings(task, { merged: report.contracts !== null })),
  ];
}

function waveFindings({ number, failure }: Report['waves'][number]): Finding[] {
  if (failure === null) return [];
  const message = `wave ${number}: ${describeFailure(failure)}`;
  return [{ level: 'error', rule: 'wave/validation', message, tasks: [] }];
}

function violationFinding(violation: Report['violations'][number]): Finding {
  const { task, path, line, rule, severity } = violation;
  return {
    level: severity === 'fail' ? 'error' : 'warning',
    rule: `scope/${rule}`,
    message: `${task} changed ${describeViolation(violation)}`,
    tasks: [task],
    ...placeOf(path, line),
  };
}

/** What is wrong by a contract on the merged tree. Of what was read off source nothing is an error unless it counts as one. */
function contractFindings(contracts: Report['contracts']): Finding[] {
  return (contracts?.checks ?? []).flatMap((check) =>
    differences(check, { fails: contracts?.broken.includes(check.contract) ?? false }),
  );
}

/** At the line of the code; of what is nowhere, at that of the contract. `task`: whose branch was compared. */
function differences(
  { contract, findings }: ContractCheck,
  { fails, task }: { fails: boolean; task?: string },
): Finding[] {
  return findings
    .filter(({ level }) => level !== 'note')
    .map((found): Finding => {
      const { code, level, at, message, tasks = [] } = found;
      const { path, line } = found.contract;
      return {
        level: fails && level === 'error' ? 'error' : 'warning',
        rule: `contract/${code}`,
        message: `${contract}: ${message}`,
        tasks: task === undefined ? tasks : [task],
        ...(at ?? placeOf(path, line)),
      };
    });
}

/** What is new stops the landing; what is flaky should be looked at; what the base has is nobody's doing here. */
function checkFindings({ name, kind, failures }: StackCheck): Finding[] {
  return failures
    .filter(({ status }) => status !== 'known')
    .map((failure): Finding => {
      const { file, line, status, blame } = failure;
      const isNew = status === 'new';
      return {
        level: isNew ? 'error' : 'warning',
        rule: isNew ? `check/${kind}` : 'check/flaky',
        message: `${name}: ${describeCheckFailure(failure)}`,
        tasks: [...new Set(blame.map(({ task }) => task))],
        ...placeOf(file, line),
      };
    });
}

function escapeFinding(found: Escape): Finding {
  const [change] = found.changes;
  const file = found.where.is === 'checkout' && change?.kind === 'file' ? change.path : undefined;
  const tasks = found.suspects.filter(({ evidence }) => evidence !== null).map(({ task }) => task);
  return {
    level: 'warning',
    rule: 'escape/changed',
    message: `${describeChanges(found)} ${describePlace(found.where)}`,
    tasks: [...new Set(tasks)],
    ...placeOf(file),
  };
}

function taskFindings({ id, title, state, attempts }: ReportTask): Finding[] {
  if (state === 'integrated' || state === 'skipped') return [];
  const last = attempts.at(-1);
  const failure = last?.failure ?? null;
  const what = `${id} (${title}) is ${state}`;
  if (failure === null) return [{ level: 'error', rule: `task/${state}`, message: what, tasks: [id] }];
  const rule = `task/${failure.code}`;
  const message = `${what}: ${describeFailure(failure)}`;
  const places = placesOf(failure);
  const own = (places.length === 0 ? [{}] : places).map(
    (place): Finding => ({ level: 'error', rule, message, tasks: [id], ...place }),
  );
  const broken = failure.code === 'contract-broken' ? failure.contracts.map(({ contract }) => contract) : [];
  return [...own, ...complianceOf(last, id, broken)];
}

/** A line without its file is no place. */
function placeOf(file: string | undefined, line?: number): Place {
  return file === undefined ? {} : { file, ...(line !== undefined && { line }) };
}

/** The places that a failure is about; violations tell of theirs themselves. */
function placesOf(failure: Failure): Place[] {
  if (failure.code === 'merge-conflict' || failure.code === 'unresolved' || failure.code === 'contract-changed')
    return failure.paths.map((file) => ({ file }));
  if ('findings' in failure) return failure.findings.map(({ path }) => ({ file: path }));
  if (failure.code !== 'checks') return [];
  return failure.checks.flatMap(({ cases }) =>
    cases.flatMap(({ file, line }) => (file === undefined ? [] : [placeOf(file, line)])),
  );
}

/** What the comparison of contracts with the branch of an attempt found. */
function complianceOf(attempt: ReportAttempt | undefined, task: string, broken: readonly string[]): Finding[] {
  const { checks = [] } = detailsOf(attempt, 'compliance');
  return checks.flatMap((check) => differences(check, { fails: broken.includes(check.contract), task }));
}

/**
 * What stood against an attempt that landed; scope is told by its violations, a missing marker is no reason to look. `merged`: the
 * contracts were compared with the merged tree, which tells what is left of it.
 */
function warnings({ id, attempts }: ReportTask, { merged }: { merged: boolean }): Finding[] {
  const last = attempts.at(-1);
  const plain = (last?.evidence ?? [])
    .filter(({ verdict, gate }) => verdict === 'warn' && !['marker', 'scope', 'escape', 'compliance'].includes(gate))
    .map(
      ({ gate, summary }): Finding => ({
        level: 'warning',
        rule: `gate/${gate}`,
        message: `${id}: ${summary}`,
        tasks: [id],
      }),
    );
  return merged ? plain : [...plain, ...complianceOf(last, id, [])];
}
