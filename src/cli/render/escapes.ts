import { dirname } from 'node:path';
import { describeEscape } from '../../run/describe-escape.ts';
import { type Escape, isNamed } from '../../run/escape.ts';
import { listed } from '../../util/listed.ts';
import { count } from '../style.ts';

/** What changed outside of the workspaces: a line for each that an agent is named for, one for all that may be the user's. */
export function escapeLines(escapes: readonly Escape[]): string[] {
  const others = escapes.filter((each) => !isNamed(each));
  return [...escapes.filter(isNamed).map(escapeLine), ...(others.length > 0 ? [perhapsYours(others)] : [])];
}

export function escapeLine(found: Escape): string {
  return `${describeEscape(found)}${found.patch === null ? '' : `; kept in ${found.patch}`}`;
}

function perhapsYours(escapes: readonly Escape[]): string {
  if (escapes.length === 1) return escapeLine(escapes[0]!);
  const changes = escapes.flatMap((each) => each.changes);
  const paths = [
    ...new Set(changes.flatMap((change) => ('path' in change ? [change.path] : 'ref' in change ? [change.ref] : []))),
  ];
  const patch = escapes.find((each) => each.patch !== null)?.patch;
  const where = patch ? `; kept in ${dirname(patch)}` : '';
  const what = paths.length > 0 ? `: ${listed(paths, 4)}` : '';
  return `${count(changes.length, 'change')} in your checkout and its refs while agents ran, perhaps by you${what}${where}`;
}
