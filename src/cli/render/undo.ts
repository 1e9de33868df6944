import type { Undone } from '../../compose/undo.ts';
import { integrationBranch } from '../../run/state.ts';
import { blockedLines } from './landing.ts';

/** What came of taking a landing back, and what to type next. */
export function describeUndo({ landing, taken, pushed, restored, state }: Undone): string[] {
  const { plan } = state;
  const { target, from, to } = landing;
  const move = `${to.slice(0, 9)} → ${from.slice(0, 9)}`;
  const branch = integrationBranch(state);
  const where = 'checkout' in taken && taken.checkout ? `, checked out in ${taken.checkout}` : '';
  if (taken.undone) {
    return [
      taken.already
        ? `${target} is where it was before ${plan} landed (${from.slice(0, 9)})`
        : `${target} is back where it was before ${plan} landed (${move}${where})`,
      ...(restored ? [`${branch} is there again, at ${landing.tip.slice(0, 9)}`] : []),
      ...(pushed.length > 0 ? [`${pushed.join(', ')} has it: what was pushed is not taken back`] : []),
      `next: copse integrate ${plan}`,
    ];
  }
  const nothing = 'nothing was changed';
  switch (taken.why) {
    case 'dry-run':
      return [`${target} would go back (${move}${where}); ${nothing}`, `next: copse integrate ${plan} --undo`];
    case 'grown':
      return [
        `${target} has got commits since ${plan} landed; ${nothing}`,
        ...taken.commits.map(({ oid, subject }) => `  ${oid.slice(0, 9)} ${subject}`),
        ...(taken.more > 0 ? [`  and ${taken.more} more`] : []),
        `next: take it back with a commit of its own: ${taken.command}`,
      ];
    case 'gone':
      return [
        `${target} does not have what landed any more, it is at ${taken.actual?.slice(0, 9) ?? 'nothing'}; ${nothing}`,
        `next: git log ${target}`,
      ];
    case 'no-branch':
      return [`there is no branch ${target}`];
    default:
      return [...blockedLines(target, taken), `next: put that right, then copse integrate ${plan} --undo`];
  }
}
