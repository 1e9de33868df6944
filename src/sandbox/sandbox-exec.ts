import type { Sandbox } from './sandbox.ts';

/**
 * macOS. A profile in which the last rule that matches counts.
 * @param state folders and files of agents that stay writable
 */
export function sandboxExec(program: string, state: readonly string[]): Sandbox {
  return {
    name: 'sandbox-exec',
    wrap: (argv, { protect, writable }) => {
      const rules = [
        '(version 1)',
        '(allow default)',
        '(deny file-write*)',
        allow(['/dev', ...state]),
        ...protect.map((path) => `(deny file-write* ${subpath(path)})`),
        allow(writable),
      ];
      return [program, '-p', rules.join('\n'), ...argv];
    },
  };
}

function allow(paths: readonly string[]): string {
  return paths.length === 0 ? '' : `(allow file-write* ${paths.map(subpath).join(' ')})`;
}

function subpath(path: string): string {
  return `(subpath "${path.replace(/[\\"]/g, '\\$&')}")`;
}
