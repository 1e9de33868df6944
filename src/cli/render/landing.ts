import type { Block } from '../../integrate/branch-move.ts';
import type { TargetLanding } from '../../integrate/target.ts';
import { integrationBranch, type RunState } from '../../run/state.ts';

/** What came of landing a run, and what to type next. */
export function describeLanding(
  landing: TargetLanding,
  { state, target, report }: { state: RunState; target: string; report: string | null },
): string[] {
  const written = report === null ? [] : [`report: ${report}`];
  if (landing.landed) {
    const where = landing.checkout ? `, checked out in ${landing.checkout}` : '';
    const what =
      landing.from === landing.to
        ? `${target} has everything of ${state.plan} already`
        : `${state.plan} landed on ${target} (${landing.how}, ${landing.from.slice(0, 9)} → ${landing.to.slice(0, 9)}${where})`;
    return [what, ...written, `next: copse clean ${state.plan}`];
  }
  const nothing = 'nothing was changed';
  switch (landing.why) {
    case 'refused':
      return [
        `checks fail on the merged tree that the base passes; ${nothing}`,
        ...written,
        `next: mend it on ${integrationBranch(state)} and commit, then copse integrate ${state.plan}; or land it as it is: copse integrate ${state.plan} --checks skip`,
      ];
    case 'no-branch':
      return [`there is no branch ${target}`];
    case 'moved':
      return [
        `${target} was moved by someone else meanwhile; ${nothing}`,
        ...written,
        `next: copse integrate ${state.plan}`,
      ];
    case 'dry-run':
      return [
        `${state.plan} would land on ${target} (${landing.how}, ${landing.from.slice(0, 9)} → ${landing.to.slice(0, 9)}${landing.checkout ? `, checked out in ${landing.checkout}` : ''}); ${nothing}, no check was run`,
        `next: copse integrate ${state.plan}`,
      ];
    case 'not-linear':
      return [
        landing.commit === null
          ? `${state.plan} cannot be rebased: its commits in a line make another tree than its merge; ${nothing}`
          : `${state.plan} cannot be rebased: ${landing.commit.oid.slice(0, 9)} (${landing.commit.subject}) does not go on top of what is before it; ${nothing}`,
        ...landing.paths.slice(0, 10).map((path) => `  ✗ ${path}`),
        ...written,
        `next: copse integrate ${state.plan} --squash, or --merge`,
      ];
    case 'conflict':
      return [
        `${state.plan} conflicts with what ${target} has got since; ${nothing}`,
        ...landing.paths.map((path) => `  ✗ ${path}`),
        ...written,
        `next: copse integrate --continue ${state.plan}, which lays it out for you to resolve; or in your checkout: ${landing.command}; commit, then copse integrate ${state.plan}`,
      ];
    default:
      return [
        ...blockedLines(target, landing),
        ...written,
        `next: put that right, then copse integrate ${state.plan}; or by hand: ${landing.command}`,
      ];
  }
}

/** Where a branch is checked out, and what keeps that from following; nothing was changed. */
export function blockedLines(
  target: string,
  { checkout, why, paths, messages }: Block & { checkout: string },
): string[] {
  return [
    `${target} is checked out in ${checkout}, ${WHY_BLOCKED[why]}; nothing was changed`,
    ...paths.slice(0, 10).map((path) => `  ✗ ${path}`),
    ...messages.map((message) => `  ${message}`),
  ];
}

const WHY_BLOCKED: Record<Block['why'], string> = {
  dirty: 'where these files have uncommitted changes',
  untracked: 'where these files are in no commit and would be overwritten',
  busy: 'where git is in the middle of something',
  failed: 'where git could not write the files',
};
