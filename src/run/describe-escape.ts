import { listed } from '../util/listed.ts';
import type { Escape, EscapeChange, EscapePlace, Suspect } from './escape.ts';

/** `README.md (modified), main (a1b2c3d4e5 → f6…)`, without the place. */
export function describeChanges({ changes }: Pick<Escape, 'changes'>, shown = 4): string {
  return listed(changes.map(describeChange), shown);
}

/** `in your checkout`, `in the repository`, `in the workspace of task-002`. */
export function describePlace(where: EscapePlace): string {
  switch (where.is) {
    case 'checkout':
      return 'in your checkout';
    case 'refs':
      return 'in the repository';
    case 'workspace':
      return `in the workspace of ${where.task}`;
  }
}

/** One sentence: who changed what where; `perhaps you` when nothing points to an agent. */
export function describeEscape(found: Omit<Escape, 'patch'>): string {
  const named = found.suspects.filter(({ evidence }) => evidence !== null);
  const what = `${describeChanges(found)} ${describePlace(found.where)}`;
  const alive = listed(found.suspects.map(nameOf), 4);
  if (named.length === 0) return `${what} changed while ${alive} ran: perhaps by you`;
  const who = named.map((each) => `${nameOf(each)} (${each.evidence})`);
  return `${listed(who, 3)} changed ${what}`;
}

const nameOf = ({ task, attempt }: Suspect) => (attempt === 1 ? task : `${task} attempt ${attempt}`);

function describeChange(change: EscapeChange): string {
  switch (change.kind) {
    case 'file':
      return `${change.path} (${change.how === 'settled' ? 'as committed again' : change.how})`;
    case 'ref': {
      const name = change.ref.replace(/^refs\/(?:heads\/)?/, '');
      if (change.from === null) return `${name} (made, at ${short(change.to)})`;
      return change.to === null
        ? `${name} (deleted, was ${short(change.from)})`
        : `${name} (${short(change.from)} → ${short(change.to)})`;
    }
    case 'head':
      return `HEAD (${shortHead(change.from)} → ${shortHead(change.to)})`;
    case 'stash':
      return `the stash (${[...change.added.map((oid) => `+${short(oid)}`), ...change.removed.map((oid) => `-${short(oid)}`)].join(' ')})`;
  }
}

const short = (oid: string | null) => oid?.slice(0, 10) ?? 'nothing';
const shortHead = (head: string) => head.replace(/^ref: refs\/(?:heads\/)?/, '').slice(0, 40);
