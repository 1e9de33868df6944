import type { ContentFinding } from '../run/content.ts';
import type { FileChange } from './diff.ts';
import { namesOfTree } from './trees.ts';

/** What is wrong with a path by itself. */
export function nameFindings(path: string): ContentFinding[] {
  const shown = JSON.stringify(path);
  if (/[\x00-\x1f\x7f]/.test(path)) {
    return [{ path, problem: 'unsafe-name', detail: `control characters: ${shown}` }];
  }
  const parts = path.split('/');
  if (parts.some((part) => /^(?:\.git|git~1)[ .]*$/i.test(part))) {
    return [{ path, problem: 'unsafe-name', detail: 'a name that means the git directory' }];
  }
  const bad = parts.find(
    (part) => /[<>:"|?*\\]|[. ]$/.test(part) || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(part),
  );
  return bad === undefined ? [] : [{ path, problem: 'windows-name', detail: `Windows takes no name like ${bad}` }];
}

/**
 * Added files whose name, or that of a folder above them, is that of another but for upper and lower case: only one of both
 * can be checked out on macOS and Windows.
 * @param treeOf the tree object of a folder at the head, `` for the top
 */
export function twinFindings(
  changes: readonly FileChange[],
  treeOf: (folder: string) => Buffer | null,
  idBytes: number,
): ContentFinding[] {
  const added = changes.filter(({ kind }) => kind === 'added');
  const known = new Map<string, Map<string, string[]>>();
  const namesIn = (folder: string) => {
    const names = known.get(folder) ?? byFolding(namesOfTree(treeOf(folder) ?? Buffer.alloc(0), idBytes));
    known.set(folder, names);
    return names;
  };
  return added.flatMap(({ path }) => {
    const parts = path.split('/');
    for (const [depth, name] of parts.entries()) {
      const twin = namesIn(parts.slice(0, depth).join('/'))
        .get(folded(name))
        ?.find((other) => other !== name);
      if (twin === undefined) continue;
      const other = [...parts.slice(0, depth), twin].join('/');
      return [
        { path, problem: 'unsafe-name' as const, detail: `${other} is there, the same but for upper and lower case` },
      ];
    }
    return [];
  });
}

function byFolding(names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) found.set(folded(name), [...(found.get(folded(name)) ?? []), name]);
  return found;
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
