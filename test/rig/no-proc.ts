import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileSays } from './file-says.ts';

/**
 * A place where this machine looks like macOS to copse and its agents: there is no /proc, `ps` and `vm_stat` are macOS's as far
 * as copse asks them (test/rig/darwin), and node says `darwin`. Everything else is Linux: shell, kernel, file system.
 */
export interface NoProc {
  /** To be put before a command that is to run there. */
  enter: string[];
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

const DARWIN = resolve(import.meta.dirname, 'darwin');
const HIDE =
  'mount --rbind /proc "$1/proc" && mount --bind "$1/system-ps" "$(readlink -f "$(command -v ps)")" && mount -t tmpfs -o size=4k,mode=555 none /proc && echo up >"$1/up" && exec sleep 100000';

/** Why there can be no such place here; null when there can. */
export function whyNoProcIsNot(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux, whose /proc it hides';
  if (process.getuid?.() !== 0) return 'it needs root, to hide /proc';
  const script = 'mount -t tmpfs none /proc && perl -e 1';
  const { status, stderr } = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script], {
    encoding: 'utf8',
  });
  return status === 0 ? null : `it needs unshare, mount and perl: ${stderr ?? 'no unshare'}`;
}

/** @param folder a new one, that is the caller's to remove */
export async function noProc(folder: string): Promise<NoProc> {
  mkdirSync(join(folder, 'proc'), { recursive: true });
  cpSync(DARWIN, join(folder, 'bin'), { recursive: true });
  // The one of the system, whatever PATH is.
  writeFileSync(join(folder, 'system-ps'), `#!/bin/sh\nexec '${join(folder, 'bin/ps')}' "$@"\n`, { mode: 0o755 });
  // The kernel's own word for it moves by a second when the clock is set.
  writeFileSync(join(folder, 'boot'), /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))![1]!);
  const holder = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', HIDE, 'sh', folder], {
    stdio: 'ignore',
  });
  const closed = new Promise((done) => holder.once('close', done));
  await fileSays(join(folder, 'up'));
  return {
    enter: ['nsenter', '-t', String(holder.pid), '-m', '--'],
    env: {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      NODE_OPTIONS: `--require ${join(folder, 'bin/platform.cjs')}`,
    },
    remove: async () => {
      holder.kill('SIGKILL');
      await closed;
    },
  };
}
