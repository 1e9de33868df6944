import { describeFailure } from '../run/describe.ts';
import { describeChanges, describePlace } from '../run/describe-escape.ts';
import { describeViolation } from '../run/describe-violation.ts';
import { isNamed } from '../run/escape.ts';
import type { Failure } from '../run/failure.ts';
import type { Report } from './report.ts';

/** One thing in a report that somebody should look at, as the tools that show findings in code take it. */
export interface Finding {
  /** error: it stopped something. warning: it landed, or may land, all the same. */
  level: 'error' | 'warning';
  /** Stable, kebab-case with a group in front: `task/merge-conflict`, `scope/boundary`. */
  rule: string;
  /** One line. */
  message: string;
  task?: string;
  /** Relative to the repository, with `/`. */
  file?: string;
  /** From 1. */
  line?: number;
}

/** What each group of rules is about. */
export const GROUPS: Record<string, string> = {
  task: 'A task that is not integrated',
  wave: 'A validation of a wave on the merged tree',
  scope: 'A change of files or definitions that the task does not own',
  escape: 'A change outside of the workspaces',
  contract: 'A difference between a contract and the merged tree',
  gate: 'Something measured about what a task made',
};

/** All findings of a report: failures first, then violations, then what only should be looked at. Pure. */
export function findingsOf(report: Report): Finding[] {
  return [
    ...report.tasks.flatMap(taskFindings),
    ...report.waves.flatMap((wave): Finding[] =>
      wave.failure
        ? [
            {
              level: 'error',
              rule: 'wave/validation',
              message: `wave ${wave.number}: ${describeFailure(wave.failure)}`,
            },
          ]
        : [],
    ),
    ...report.violations.map((violation): Finding => {
      const { task, path, line, rule, severity } = violation;
      return {
        level: severity === 'fail' ? 'error' : 'warning',
        rule: `scope/${rule}`,
        message: `${task} changed ${describeViolation(violation)}`,
        task,
        file: path,
        ...(line !== undefined && { line }),
      };
    }),
    ...contractFindings(report.contracts),
    ...report.escapes.filter(isNamed).map((found): Finding => {
      const [change] = found.changes;
      const file = found.where.is === 'checkout' && change?.kind === 'file' ? change.path : undefined;
      const task = found.suspects.find(({ evidence }) => evidence !== null)?.task;
      return {
        level: 'warning',
        rule: 'escape/changed',
        message: `${describeChanges(found)} ${describePlace(found.where)}`,
        ...(task !== undefined && { task }),
        ...(file !== undefined && { file }),
      };
    }),
    ...report.tasks.filter(({ state }) => state === 'integrated').flatMap(warnings),
  ];
}

/** What is wrong by a contract, at the line of the code. Of what was read off source nothing is an error unless it counts as one. */
function contractFindings(contracts: Report['contracts']): Finding[] {
  return (contracts?.checks ?? []).flatMap(({ contract, findings }) => {
    const fails = contracts?.broken.includes(contract) ?? false;
    return findings
      .filter(({ level }) => level !== 'note')
      .map(
        ({ code, level, at, message }): Finding => ({
          level: fails && level === 'error' ? 'error' : 'warning',
          rule: `contract/${code}`,
          message: `${contract}: ${message}`,
          ...(at && { file: at.file, line: at.line }),
        }),
      );
  });
}

function taskFindings({ id, title, state, attempts }: Report['tasks'][number]): Finding[] {
  if (state === 'integrated' || state === 'skipped') return [];
  const failure = attempts.at(-1)?.failure ?? null;
  const what = `${id} (${title}) is ${state}`;
  if (failure === null) return [{ level: 'error', rule: `task/${state}`, message: what, task: id }];
  const rule = `task/${failure.code}`;
  const message = `${what}: ${describeFailure(failure)}`;
  const files = filesOf(failure);
  if (files.length === 0) return [{ level: 'error', rule, message, task: id }];
  return files.map((file) => ({ level: 'error', rule, message, task: id, file }));
}

/** The files that a failure is about; violations tell of theirs themselves. */
function filesOf(failure: Failure): string[] {
  if (failure.code === 'merge-conflict') return failure.paths;
  if ('findings' in failure) return failure.findings.map(({ path }) => path);
  return [];
}

/** What stood against an attempt that landed; scope is told by its violations, a missing marker is no reason to look. */
function warnings({ id, attempts }: Report['tasks'][number]): Finding[] {
  return (attempts.at(-1)?.evidence ?? [])
    .filter(({ verdict, gate }) => verdict === 'warn' && !['marker', 'scope', 'escape'].includes(gate))
    .map(({ gate, summary }) => ({ level: 'warning', rule: `gate/${gate}`, message: `${id}: ${summary}`, task: id }));
}
