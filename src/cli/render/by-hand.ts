import type { HandStep } from '../../compose/by-hand-step.ts';
import { quoted } from '../../compose/typed.ts';
import type { Unfinished } from '../../git/end-merge.ts';
import type { InHand } from '../../integrate/by-hand.ts';
import { nextCommand } from '../../run/next.ts';
import { integrationBranch, type RunState } from '../../run/state.ts';
import { describeLanding } from './landing.ts';

interface Place {
  /** The worktree. */
  path: string;
  state: RunState;
}

/** What `integrate --continue` did and found, and what to type next. */
export function handLines(steps: readonly HandStep[], place: Place): string[] {
  const last = steps.at(-1);
  const next = last?.is === 'integrated' ? [nextCommand(place.state, false)] : [];
  return [...steps.flatMap((step) => stepLines(step, place)), ...next];
}

function stepLines(step: HandStep, { path, state }: Place): string[] {
  const branch = integrationBranch(state);
  switch (step.is) {
    case 'begun': {
      const { of, onto, head, paths } = step.inHand;
      const [ours, theirs] =
        'task' in of
          ? [`what has landed (${branch})`, `the work of ${of.task}`]
          : [`${of.target}`, `what is integrated (${branch})`];
      return [
        `${'task' in of ? of.task : state.plan} conflicts with ${'task' in of ? 'what has landed since' : of.target}:`,
        ...paths.map((one) => `  ✗ ${one}`),
        ...step.notes.map((note) => `  · ${note}`),
        `git stands in the middle of the merge in ${path}`,
        `  HEAD ${onto.slice(0, 12)} is ${ours}, MERGE_HEAD ${head.slice(0, 12)} is ${theirs}`,
        `next: cd ${quoted(path)}, edit the files, git add them; then copse integrate --continue ${state.plan}; or put it away: copse integrate --abort ${state.plan}`,
      ];
    }
    case 'left':
      return [
        `${nameOf(step.inHand, state)} is not resolved yet, in ${path}:`,
        ...leftLines(step.left, step.inHand).map((line) => `  ✗ ${line}`),
        `next: mend that there, then copse integrate --continue ${state.plan}; or put it away: copse integrate --abort ${state.plan}`,
      ];
    case 'integrated': {
      const how = step.by === 'person' ? 'as you resolved it' : 'which does not conflict any more';
      const kept = step.kept === null ? [] : [`  · what else was in ${path} is kept in ${step.kept}`];
      return [`${step.task} is integrated on ${branch}, ${how}`, ...kept];
    }
    case 'landing': {
      const { landing, target, files } = step.landing;
      const kept = step.kept === null ? [] : [`  · what else was in ${path} is kept in ${step.kept}`];
      return [...kept, ...describeLanding(landing, { state: step.landing.state, target, report: files.text })];
    }
  }
}

function nameOf({ of }: InHand, { plan }: RunState): string {
  return 'task' in of ? `the conflict of ${of.task}` : `the conflict of ${plan} with ${of.target}`;
}

function leftLines({ unmerged, marked, uncommitted, operation, abandoned }: Unfinished, { head }: InHand): string[] {
  return [
    ...unmerged.map((path) => `${path}: unmerged; git add it when it is resolved, or git rm it`),
    ...marked.map((path) => `${path}: holds a line of a conflict marker`),
    ...uncommitted.map((path) => `${path}: changed, and not added: git add it, or git restore it`),
    ...(operation === null ? [] : [`a ${operation} is under way there`]),
    ...(abandoned
      ? [`the merge is gone: HEAD does not hold ${head.slice(0, 12)}; git merge ${head.slice(0, 12)} begins it anew`]
      : []),
  ];
}

/** What `integrate --abort` did. */
export function abortLines({
  standing,
  kept,
  path,
  state,
}: { standing: InHand; kept: string | null } & Place): string[] {
  return [
    `${nameOf(standing, state)} is put away, ${path} is removed`,
    ...(kept === null ? [] : [`  · all of it is kept in ${kept}: copse recover _resolve`]),
    nextCommand(state, false),
  ];
}
