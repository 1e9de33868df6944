import { assertNever } from '../util/assert-never.ts';
import { listed } from '../util/listed.ts';
import { oneLine } from '../util/one-line.ts';
import { formatBytes } from '../util/size.ts';
import { money } from './budget.ts';
import type { UnfitProblem } from './content.ts';
import { describeChanges, describePlace } from './describe-escape.ts';
import { describeFailed } from './describe-failed.ts';
import { describeRequests } from './describe-request.ts';
import { describeViolation } from './describe-violation.ts';
import type { BudgetReached } from './event.ts';
import type { Failure, Outcome } from './failure.ts';
import type { Hold } from './hold.ts';

export { listed, oneLine };

const MAX_LINE = 400;

/** A failure in one line for people, without a full stop; at most 400 characters. */
export function describeFailure(failure: Failure): string {
  return oneLine(sentence(failure), MAX_LINE);
}

/** A failure as one word for `[PROGRESS]` lines: `timeout`, `exit_code_7`, `boundary_violation`, `merge_conflict`. */
export function failureToken(failure: Failure): string {
  if (failure.code !== 'agent') return failure.code.replaceAll('-', '_');
  const { outcome, exit, signal } = failure;
  if (outcome === 'crashed' || outcome === 'agent-error') {
    if (exit !== null && exit !== 0) return `exit_code_${exit}`;
    if (signal !== null) return `signal_${signal.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
  }
  return outcome.replaceAll('-', '_');
}

/** `$10.02 of $10.00`, `1200000 of 1000000 tokens`. */
export function describeBudget({ what, spent, limit }: BudgetReached): string {
  return what === 'cost' ? `${money(spent)} of ${money(limit)}` : `${spent} of ${limit} tokens`;
}

/** The time of a clock here: `15:04`, and with its day (`Oct 9 15:04`) when that is not today's. */
export function clockTime(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })} ${time}`;
}

function sentence(failure: Failure): string {
  switch (failure.code) {
    case 'agent':
      return [OUTCOME[failure.outcome], ended(failure), failure.message].filter(Boolean).join(': ');
    case 'task-budget':
      return `it has cost $${failure.spent.toFixed(2)} of the $${failure.limit.toFixed(2)} that one task may`;
    case 'no-commits':
      return `nothing to land: ${failure.message}`;
    case 'scope-request':
      return describeRequests(failure.requests);
    case 'history-rewritten':
      return `the history was rewritten: ${failure.message}`;
    case 'foreign-commits':
      return `merged work of others that nobody has judged${failure.ref ? `, from ${failure.ref.replace(/^refs\/(?:heads|remotes|tags)\//, '')}` : ''}`;
    case 'repository-changed':
      return `changed what everybody shares in the git directory: ${listed(failure.names, 3)}`;
    case 'too-large':
    case 'conflict-markers':
    case 'symlink-outside':
    case 'nested-repository':
    case 'unsafe-name':
    case 'secret':
      return `${UNFIT_SAID[failure.code]}: ${listed(
        failure.findings.map(({ path, detail }) => `${path} (${detail})`),
        3,
      )}`;
    case 'boundary-violation':
      return `changed what it must not touch: ${listed(failure.violations.map(describeViolation), 3)}`;
    case 'scope-violation':
      return `changed what is outside its scope: ${listed(failure.violations.map(describeViolation), 3)}`;
    case 'contract-changed':
      return `changed a contract: ${listed(failure.paths, 3)}`;
    case 'contract-broken':
      return `breaks a contract: ${listed(
        failure.contracts.flatMap(({ errors }) => errors),
        3,
      )}`;
    case 'merge-conflict':
      return `conflicts with what has landed since (${failure.onto.slice(0, 12)}): ${listed(failure.paths, 3)}`;
    case 'unresolved':
      return `the conflict is not resolved: ${failure.message}${failure.paths.length > 0 ? `: ${listed(failure.paths, 3)}` : ''}`;
    case 'checks':
      return `breaks what passed before it${failure.with.length > 0 ? `, together with ${listed(failure.with, 3)}` : ''}: ${listed(failure.checks.map(describeFailed), 3)}`;
    case 'no-space':
      return `no space left on the disk: ${failure.message}`;
    case 'escaped':
      return `wrote outside of its workspace: ${failure.escapes.map((each) => `${describeChanges(each)} ${describePlace(each.where)}`).join('; ')}`;
    case 'checklist':
      return `of its checklist does not hold: ${listed(
        failure.items.map(({ text }) => text),
        3,
      )}`;
    case 'gate':
      return `the gate ${failure.gate} says no: ${failure.message}`;
    case 'workspace':
      return `no workspace: ${failure.message}`;
    case 'setup':
      return `set-up failed ${status(failure.exit)}: ${failure.command}`;
    case 'validation':
      return `validation of wave ${failure.wave} failed ${status(failure.exit)}: ${failure.command}`;
    case 'dependencies':
      return `installing dependencies failed ${status(failure.exit)}: ${failure.command}`;
    case 'internal':
      return `a bug in copse: ${failure.message}`;
    default:
      return assertNever(failure);
  }
}

/** Why no further agent is started, in a few words: `1.2 GB of memory free, an agent needs about 1.5 GB`. */
export function describeHold({ resource, free, need, path }: Hold): string {
  switch (resource) {
    case 'memory':
      return `${formatBytes(free)} of memory free, one more agent needs ${formatBytes(need)}`;
    case 'disk':
      return `${formatBytes(free)} free at ${path}, one more workspace needs ${formatBytes(need)}`;
    case 'files':
      return `${Math.max(0, free)} more files can be opened, one more agent needs ${need}`;
    case 'load':
      return free < need
        ? `load of ${free.toFixed(1)} a core, agents start one after the other`
        : `load of ${free.toFixed(1)} a core, agents start below ${need}`;
    default:
      return assertNever(resource);
  }
}

const UNFIT_SAID: Record<UnfitProblem, string> = {
  'too-large': 'committed a file that is too large',
  'conflict-markers': 'left conflict markers in a file',
  'symlink-outside': 'committed a link out of the repository',
  'nested-repository': 'committed a repository inside the repository',
  'unsafe-name': 'committed a file whose name breaks checkouts',
  secret: 'committed a secret of the environment',
};

const OUTCOME: Record<Exclude<Outcome, 'success'>, string> = {
  'agent-error': 'the agent gave up',
  'rate-limited': 'the agent reached a rate limit',
  auth: 'the agent is not logged in',
  overloaded: 'the model was overloaded',
  network: 'the agent lost its network',
  'max-turns': 'the agent reached its limit of turns',
  budget: 'the agent reached its budget',
  paused: 'ended with the budget of the run',
  cancelled: 'cancelled',
  timeout: 'the agent ran out of time',
  stalled: 'the agent fell silent',
  memory: 'the agent took too much memory',
  crashed: 'the agent crashed',
  lost: 'the agent ended while nobody watched',
};

function ended({ exit, signal }: { exit: number | null; signal: string | null }): string {
  if (signal !== null) return `ended by ${signal}`;
  return exit === null || exit === 0 ? '' : `exit status ${exit}`;
}

function status(exit: number | null): string {
  return exit === null ? 'without an exit status' : `with exit status ${exit}`;
}
