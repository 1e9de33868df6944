import type { SourceTree } from '../../src/contract/tree.ts';

/** A tree of files in memory. */
export function sourceTree(files: Record<string, string>): SourceTree {
  const paths = Object.keys(files).sort();
  return {
    files: () => paths,
    read: async (path) => files[path] ?? null,
    holding: async (words, endings) =>
      paths.filter(
        (path) =>
          endings.some((each) => path.endsWith(`.${each}`)) && words.some((word) => files[path]!.includes(word)),
      ),
  };
}
