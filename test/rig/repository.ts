import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInShell } from './shell.ts';

/** An environment built from nothing, so that no setting of the machine reaches a test. */
export function hermeticEnv(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: process.env.TMPDIR ?? tmpdir(),
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** A scratch git repository in a folder of its own; everything in `root` goes away with `remove()`. */
export interface Scratch {
  /** Holds the repository, the home folder and the workspaces. */
  root: string;
  /** The user's checkout: `<root>/repo`, or at the place that was asked for. */
  repo: string;
  env: NodeJS.ProcessEnv;
  /** Runs git in the checkout and gives its trimmed stdout; throws with git's stderr when it fails. */
  git(...args: string[]): string;
  /** Writes a file below the checkout, making folders. */
  write(path: string, text: string): void;
  /** Adds everything and commits; gives the new commit's id. */
  commit(message: string, files?: Record<string, string>): string;
  remove(): void;
}

/** @param place where in `root` the checkout is to be */
export function scratchRepository(
  files: Record<string, string> = { 'README.md': '# scratch\n' },
  place = 'repo',
): Scratch {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-')));
  const repo = join(root, place);
  const home = join(root, 'home');
  mkdirSync(repo, { recursive: true });
  mkdirSync(home);
  const env = hermeticEnv(home);
  const scratch: Scratch = {
    root,
    repo,
    env,
    git(...args) {
      const { status, stdout, stderr } = runInShell(['git', ...args], { cwd: repo, env });
      if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
      return stdout.trimEnd();
    },
    write(path, text) {
      const file = join(repo, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    commit(message, changed = {}) {
      for (const [path, text] of Object.entries(changed)) scratch.write(path, text);
      scratch.git('add', '-A');
      scratch.git('commit', '-q', '--allow-empty', '-m', message);
      return scratch.git('rev-parse', 'HEAD');
    },
    remove() {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  scratch.git('init', '-q', '-b', 'main');
  scratch.commit('initial', files);
  return scratch;
}
