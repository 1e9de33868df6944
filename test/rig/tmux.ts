import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scratch } from './repository.ts';

/** A real terminal with a shell in it, driven by keys and read as a person sees it. */
export interface Terminal {
  /** Types a line and Enter. */
  type(line: string): void;
  /** Sends keys by tmux's names: `C-c`. */
  press(...keys: string[]): void;
  resize(columns: number, rows: number): void;
  /** What stands on the screen, without trailing blanks. */
  screen(): string;
  /** The same with what has scrolled away. */
  all(): string;
  /** Resolves with the screen as soon as it matches; throws with what it shows instead after half a minute. */
  shows(what: RegExp): Promise<string>;
  /** A fact about the terminal: `cursor_flag`, `alternate_on`. */
  fact(name: string): string;
  close(): void;
}

const PATIENCE_MS = 30_000;

/** Opens a terminal in the checkout of `scratch`, whose shell has `copse` as a command: node with the file `main`. */
export function openTerminal(
  scratch: Scratch,
  { main, columns, rows }: { main: string; columns: number; rows: number },
): Terminal {
  const socket = join(scratch.root, `tmux-${Math.random().toString(36).slice(2, 8)}`);
  const tmux = (...args: string[]): string => {
    const { status, stdout, stderr, error } = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: scratch.env.HOME, LC_ALL: 'C.UTF-8', TERM: 'screen-256color' },
    });
    if (error) throw new Error(`tests of the terminal need tmux: apt-get install tmux (${error.message})`);
    if (status !== 0) throw new Error(`tmux ${args.join(' ')} → ${status}\n${stderr}`);
    return stdout;
  };
  const shell = join(scratch.root, 'shell.sh');
  const variables = Object.entries({ ...scratch.env, PS1: '$ ', LC_ALL: 'C.UTF-8', CI: '' });
  writeFileSync(
    shell,
    `#!/bin/sh\nexec env -i TERM="$TERM" ${variables.map(([name, value]) => quoted(`${name}=${value}`)).join(' ')} sh -i\n`,
  );
  chmodSync(shell, 0o755);
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', scratch.repo, shell);
  const capture = (...more: string[]) => tmux('capture-pane', '-p', ...more).trimEnd();
  const terminal: Terminal = {
    type: (line) => void tmux('send-keys', '-l', `${line}\n`),
    press: (...keys) => void tmux('send-keys', ...keys),
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    screen: () => capture(),
    all: () => capture('-S', '-'),
    fact: (name) => tmux('display-message', '-p', `#{${name}}`).trim(),
    async shows(what) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const screen = capture();
        if (what.test(screen)) return screen;
        if (Date.now() > deadline) throw new Error(`the terminal never showed ${what}, but:\n${screen}`);
        await sleep(50);
      }
    },
    close: () => void spawnSync('tmux', ['-S', socket, 'kill-server']),
  };
  terminal.type(`copse() { ${quoted(process.execPath)} ${quoted(main)} "$@"; }; clear`);
  return terminal;
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
