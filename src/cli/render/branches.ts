import type { BranchesLanding } from '../../compose/branches/landing.ts';
import type { BranchRow } from '../../compose/branches/state.ts';
import { quoted } from '../../compose/typed.ts';
import { describeFailure, listed } from '../../run/describe.ts';
import type { LandingHow, Oid } from '../../run/event.ts';
import { blockedLines } from './landing.ts';

/** What came of landing branches, and what to type next. `command`: what was typed. */
export function describeBranches(landed: BranchesLanding, command: string): string[] {
  const { rows, files } = landed;
  const width = Math.max(...rows.map(({ branch }) => branch.name.length), 0);
  return [
    ...rows.flatMap((row) => describeRow(row, width)),
    ...describeEnd(landed),
    ...files.slice(0, 1).map((file) => `report: ${file}`),
    nextStep(landed, command),
  ];
}

function describeRow({ branch, outcome }: BranchRow, width: number): string[] {
  const task = 'task' in branch && branch.task !== null ? branch.task : null;
  const id = typeof task === 'string' ? task : task?.id;
  const name = `${branch.name.padEnd(width)}${id === undefined ? '' : `  (${id})`}`;
  switch (outcome.is) {
    case 'merged':
      return [`✓ ${name}  merges`];
    case 'nothing-new':
      return [`= ${name}  nothing new: ${outcome.within} has it`];
    case 'conflict': {
      const others = outcome.with.length > 0 ? ` with ${listed(outcome.with, 3)}` : '';
      return [`✗ ${name}  conflicts${others}: ${listed(outcome.paths, 5)}`];
    }
    case 'refused':
      return [`✗ ${name}  ${describeFailure(outcome.failure)}`];
    case 'blocked':
      return [`- ${name}  left out: it needs ${outcome.by}`];
    case 'red':
      return [`✗ ${name}  left out: ${describeFailure(outcome.failure)}`];
  }
}

function describeEnd(landed: BranchesLanding): string[] {
  const { target, rows, landing, stopped, report } = landed;
  const merged = rows.filter(({ outcome }) => outcome.is === 'merged').length;
  const count = `${merged} of ${rows.length} ${rows.length === 1 ? 'branch' : 'branches'}`;
  if (landing !== null) return [`${count} landed on ${target} (${moveOf(landing)})`];
  if (stopped === null) return [];
  switch (stopped.why) {
    case 'branches':
      return [`not all of these can land; ${NOTHING}`];
    case 'missing':
      return [`no branch is about ${listed(stopped.tasks, 5)}; ${NOTHING}`];
    case 'none':
      return [
        rows.every(({ outcome }) => outcome.is === 'nothing-new')
          ? `${target} has everything already`
          : `none of these can land; ${NOTHING}`,
      ];
    case 'red':
      return [
        ...report.actions.mustFix.slice(0, 20).map((line) => `  ✗ ${line}`),
        `the merged tree does not pass; ${NOTHING}`,
      ];
    case 'landing':
      return describeStop(stopped.landing, { target, count });
  }
}

const NOTHING = 'nothing was changed';

type Move = { how: LandingHow; from: Oid; to: Oid; checkout: string | null };

function moveOf({ how, from, to, checkout }: Move): string {
  const where = checkout === null ? '' : `, checked out in ${checkout}`;
  return `${how === 'fast-forward' ? 'merged' : how}, ${from.slice(0, 9)} → ${to.slice(0, 9)}${where}`;
}

/** Why a target did not move that everything is ready for. */
function describeStop(
  landing: Extract<BranchesLanding['stopped'], { why: 'landing' }>['landing'],
  { target, count }: { target: string; count: string },
): string[] {
  switch (landing.why) {
    case 'dry-run':
      return [`${count} would land on ${target} (${moveOf(landing)}); ${NOTHING}, no check was run`];
    case 'moved':
      return [`${target} was moved by someone else meanwhile; ${NOTHING}`];
    case 'not-linear':
      return [
        `they cannot be rebased: ${landing.commit ? `${landing.commit.oid.slice(0, 9)} (${landing.commit.subject}) does not go on top of what is before it` : 'their commits in a line make another tree than their merge'}; ${NOTHING}`,
        ...landing.paths.slice(0, 10).map((path) => `  ✗ ${path}`),
      ];
    case 'dirty':
    case 'untracked':
    case 'busy':
    case 'failed':
      return blockedLines(target, landing);
    default:
      return [`${target} could not be moved (${landing.why}); ${NOTHING}`];
  }
}

function nextStep({ target, rows, landing, stopped }: BranchesLanding, command: string): string {
  const left = rows.filter(({ outcome }) => !['merged', 'nothing-new'].includes(outcome.is)).length;
  if (landing !== null) {
    const back = `to take it back: ${takeBack(target, landing)}`;
    return left > 0
      ? `next: mend what was left out, then: ${command}; ${back}`
      : `next: git log --graph --oneline; ${back}`;
  }
  if (stopped?.why === 'branches' || stopped?.why === 'missing' || stopped?.why === 'red') {
    return `next: mend that, then: ${command}; or land the rest: ${command} --partial`;
  }
  if (stopped?.why === 'landing' && stopped.landing.why === 'not-linear') return `next: ${command} --squash`;
  if (stopped?.why === 'landing' && stopped.landing.why === 'dry-run') return `next: ${command}`;
  return stopped?.why === 'none' ? 'next: git branch --no-merged' : `next: put that right, then: ${command}`;
}

/** Puts the target back as long as nothing came on top. */
function takeBack(target: string, { from, to, checkout }: Pick<Move, 'from' | 'to' | 'checkout'>): string {
  const [before, after] = [from.slice(0, 12), to.slice(0, 12)];
  return checkout === null
    ? `git update-ref refs/heads/${target} ${before} ${after}`
    : `git -C ${quoted(checkout)} reset --keep ${before}`;
}
