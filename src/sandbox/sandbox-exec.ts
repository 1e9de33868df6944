import { dirname } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/**
 * macOS. A profile in which the last rule that matches counts. Rules are about paths, not about what lies there: who could move
 * a folder around a protected one would have it under another name. So the folders on the way to all that is named stay
 * where they are, as mount points do; and what may not be written gets no further name (a hard link) where one may write.
 * @param state folders and files of agents that stay writable
 */
export function sandboxExec(program: string, state: readonly string[]): Sandbox {
  return {
    name: 'sandbox-exec',
    wrap: (argv, { protect, writable }) => {
      const fixed = new Set([...protect, ...writable].flatMap(wayTo));
      const rules = [
        '(version 1)',
        '(allow default)',
        '(deny file-write* file-link)',
        rule('allow file-write* file-link', ['/dev', ...state], 'subpath'),
        rule('deny file-write* file-link', protect, 'subpath'),
        rule('allow file-write* file-link', writable, 'subpath'),
        rule('deny file-write-unlink', [...fixed], 'literal'),
      ];
      return [program, '-p', rules.join('\n'), ...argv];
    },
  };
}

/** A path and all folders above it, but for the root. */
function wayTo(path: string): string[] {
  return path === dirname(path) ? [] : [path, ...wayTo(dirname(path))];
}

function rule(head: string, paths: readonly string[], filter: 'subpath' | 'literal'): string {
  const filters = paths.map((path) => `(${filter} "${path.replace(/[\\"]/g, '\\$&')}")`);
  return filters.length === 0 ? '' : `(${head} ${filters.join(' ')})`;
}
