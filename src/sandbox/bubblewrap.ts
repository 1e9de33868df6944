import type { Sandbox } from './sandbox.ts';

/**
 * Linux. A mount namespace in which everything is read-only but what is bound again; later binds lie over earlier ones.
 * The processes have a pid namespace of their own, so that none outlives the first of them, whatever session it moves to.
 * @param state folders and files of agents that stay writable; those that are missing are passed over
 */
export function bubblewrap(program: string, state: readonly string[]): Sandbox {
  return {
    name: 'bubblewrap',
    wrap: (argv, { protect, writable }, cwd) => [
      program,
      ...['--ro-bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc'],
      ...state.flatMap((path) => ['--bind-try', path, path]),
      ...protect.flatMap((path) => ['--ro-bind', path, path]),
      ...writable.flatMap((path) => ['--bind', path, path]),
      ...['--unshare-pid', '--die-with-parent', '--chdir', cwd, '--', ...argv],
    ],
  };
}
