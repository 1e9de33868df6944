import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../src/run/event.ts';
import { builtPackage } from './package.ts';
import type { Scratch } from './repository.ts';

/** copse as a program of its own: for tests that kill it or signal it. */
export interface Copse {
  /** The file that node runs. */
  main: string;
  /** `enter`: what the command is put behind, as `nsenter … --`. */
  start(scratch: Scratch, argv: string[], env?: NodeJS.ProcessEnv, enter?: string[]): CopseProcess;
  remove(): void;
}

export interface CopseProcess {
  child: ChildProcess;
  /** What it has written so far, both streams. */
  output(): string;
  /** Its exit status, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** As it is published, from the sources as they are. */
export function builtCopse(): Copse {
  const folder = builtPackage();
  const main = join(folder, 'bin/copse.js');
  return {
    main,
    start(scratch, argv, env = {}, enter = []) {
      // The checkout may be seen from in there only.
      const there = ['sh', '-c', 'cd "$0" && exec "$@"', scratch.repo, process.execPath, main, ...argv];
      const [file, ...args] = [...enter, ...there];
      const child = spawn(file!, args, { cwd: scratch.root, env: { ...scratch.env, ...env } });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      const ended = new Promise<number | string>((resolve) =>
        child.once('close', (exit, signal) => resolve(signal ?? exit!)),
      );
      return { child, output: () => text, ended };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Resolves when the file is there; looks whenever something changes in its folder. */
export function fileAppears(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), look);
    const poll = setInterval(look, 100);
    look();
    function look() {
      if (!existsSync(path)) return;
      watcher.close();
      clearInterval(poll);
      resolve();
    }
  });
}

/** The events of the latest run of a scratch repository, as far as they are on disk. */
export function journalOf(scratch: Scratch): RunEvent[] {
  const runs = join(scratch.repo, '.git/copse/runs');
  const latest = readdirSync(runs).sort().at(-1)!;
  const lines = readFileSync(join(runs, latest, 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines.map((line) => JSON.parse(line) as RunEvent);
}
