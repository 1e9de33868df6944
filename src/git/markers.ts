import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';
import { readObjects } from './objects.ts';

/**
 * Which of these files hold a line of a conflict marker in `head` that neither side of the merge had. A line of `=======` alone may
 * be the underline of a heading: it counts where there are more than both sides have together.
 */
export async function markedFiles(
  git: Git,
  { head, sides, paths }: { head: Oid; sides: readonly Oid[]; paths: readonly string[] },
): Promise<string[]> {
  const commits = [head, ...sides];
  const objects = await readObjects(
    git,
    paths.flatMap((path) => commits.map((commit) => `${commit}:${path}`)),
  );
  const textAt = (commit: Oid, path: string) => objects.get(`${commit}:${path}`)?.bytes?.toString('latin1') ?? '';
  return paths.filter((path) =>
    hasMarkers(
      textAt(head, path),
      sides.map((side) => textAt(side, path)),
    ),
  );
}

/** Whether a text holds lines of conflict markers that those it was merged from had not. */
export function hasMarkers(text: string, before: readonly string[]): boolean {
  return [/^<{7} /, /^>{7} /, /^\|{7} /, /^={7}\r?$/].some((marker) => {
    const had = before.reduce((sum, each) => sum + count(each, marker), 0);
    return count(text, marker) > had;
  });
}

function count(text: string, marker: RegExp): number {
  return text.split('\n').filter((line) => marker.test(line)).length;
}
