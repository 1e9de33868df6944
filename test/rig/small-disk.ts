import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileSays } from './file-says.ts';

/** A real file system of a few megabytes, in a mount namespace of its own. */
export interface SmallDisk {
  /** To be put before a command that is to see the disk. */
  enter: string[];
  /** Runs a shell script that sees it; gives its trimmed stdout, and throws with its stderr when it fails. */
  sh(script: string, env?: NodeJS.ProcessEnv): string;
  remove(): Promise<void>;
}

/**
 * Mounts a disk of `size` (as `40m`) at `path`, holding what is in there already. Whoever is not root gets it in a user
 * namespace; where neither is allowed this throws, and says what is missing.
 */
export async function smallDisk(path: string, size: string): Promise<SmallDisk> {
  mkdirSync(path, { recursive: true });
  const script = `mv "$1" "$1.before" && mkdir "$1" && mount -t tmpfs -o size="$2",mode=755 tmpfs "$1" && cp -a "$1.before/." "$1/" && echo up >"$1.up" && exec sleep 100000`;
  const root = process.getuid?.() === 0;
  const namespace = root ? ['-m', '--propagation', 'private'] : ['-rm'];
  const holder = spawn('unshare', [...namespace, 'sh', '-c', script, 'sh', path, size], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  holder.stderr.on('data', (chunk) => (complaint += chunk));
  const ended = new Promise<never>((_, reject) =>
    holder.once('close', () =>
      reject(new Error(`no small disk could be mounted (unshare and mount are needed): ${complaint}`)),
    ),
  );
  await Promise.race([fileSays(`${path}.up`), ended]);
  ended.catch(() => {});
  return diskOf(holder, root);
}

function diskOf(holder: ChildProcess, root: boolean): SmallDisk {
  const enter = ['nsenter', '-t', String(holder.pid), ...(root ? [] : ['-U', '--preserve-credentials']), '-m', '--'];
  return {
    enter,
    sh(script, env = process.env) {
      const [file, ...args] = [...enter, 'sh', '-c', script];
      const { status, stdout, stderr } = spawnSync(file!, args, { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${script} → ${status}\n${stderr}`);
      return stdout.trimEnd();
    },
    remove: async () => {
      const closed = new Promise((resolve) => holder.once('close', resolve));
      holder.kill('SIGKILL');
      await closed;
    },
  };
}
