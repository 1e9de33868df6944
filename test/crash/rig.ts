import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtCopse } from '../rig/copse.ts';
import { hermeticEnv } from '../rig/repository.ts';

/** Where a copse is killed; see kill-point.js. */
export interface Kill {
  what: 'line' | 'git' | 'launch' | 'other' | 'file';
  /** From 1, counted in each process. */
  n: number;
  when: 'before' | 'during' | 'after';
  /** Of the line, with `during`; negative: counted from its end. */
  bytes?: number;
  /** Microseconds, with `during`. */
  delayUs?: number;
  /** What copse runs at that moment is killed with it, agents apart. */
  children?: boolean;
}

/** A repository that a copse runs in, and is killed in. */
export interface Site {
  root: string;
  repo: string;
  env: NodeJS.ProcessEnv;
}

export interface Ended {
  /** Exit status, or the signal that ended it. */
  how: number | string;
  output: string;
}

export interface CrashRig {
  /** A copy of a repository: everything of one iteration, gone with `leave`. */
  enter(template: { root: string }): Site;
  leave(site: Site): void;
  /** Runs copse to its end or to its kill point. */
  copse(site: Site, argv: string[], kill?: Kill | null): Promise<Ended>;
  start(site: Site, argv: string[], kill?: Kill | null): { pid: number; ended: Promise<Ended> };
  remove(): void;
}

const KILL_POINT = pathToFileURL(join(import.meta.dirname, 'kill-point.js')).href;

export function crashRig(): CrashRig {
  const { main, remove } = builtCopse();
  const rig: CrashRig = {
    enter(template) {
      const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-crash-')));
      cpSync(template.root, root, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      const env = hermeticEnv(join(root, 'home'));
      return { root, repo: join(root, 'repo'), env: { ...env, PATH: `${join(root, 'bin')}:${env.PATH}` } };
    },
    leave: ({ root }) => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
    copse: (site, argv, kill) => rig.start(site, argv, kill).ended,
    start(site, argv, kill = null) {
      const env = { ...site.env, COPSE_KILL: JSON.stringify(kill), COPSE_TRACE: join(site.root, 'trace') };
      const child = spawn(process.execPath, ['--import', KILL_POINT, main, ...argv], { cwd: site.repo, env });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      const ended = new Promise<Ended>((resolve) =>
        child.once('close', (exit, signal) => resolve({ how: signal ?? exit!, output })),
      );
      return { pid: child.pid!, ended };
    },
    remove,
  };
  return rig;
}

/** The points that the copses of a site have passed: `git 12 worktree add`. */
export function pointsOf({ root }: Site): { what: Kill['what']; n: number; detail: string }[] {
  const text = readFileSync(join(root, 'trace'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [what, n, ...detail] = line.split(' ');
      return { what: what as Kill['what'], n: Number(n), detail: detail.join(' ') };
    });
}

/** Lines that agents noted in a file of the log folder. */
export function noted({ root }: Site, file: string): string[] {
  const path = join(root, 'log', file);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

/** The processes whose environment holds this text: agents of a site, or what copse runs there. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) return [];
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text) ? [pid] : [];
    } catch {
      return [];
    }
  });
}
