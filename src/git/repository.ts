import type { Oid } from '../run/event.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { type Git, GitError, requireGit } from './git.ts';

/** The user's repository, as found from a folder in it. */
export interface Repository {
  /** Runs in `root`. */
  git: Git;
  /** Top of the work tree, absolute. */
  root: string;
  /** This work tree's own git directory, absolute. */
  gitDir: string;
  /** The git directory all work trees share, absolute; runs live in `copse/` below it. */
  commonDir: string;
  objectFormat: 'sha1' | 'sha256';
  head: Head;
}

export interface Head {
  oid: Oid;
  /** Short name: `main`; null when HEAD is detached. */
  branch: string | null;
}

/** Opens the repository that holds `git.cwd`; a Refusal says why copse cannot work in it. */
export async function openRepository(git: Git): Promise<Repository> {
  const [, found] = await Promise.all([requireGit(git), describeAtOnce(git)]);
  if (found !== null) return found;
  const [inside, bare, objectFormat, gitDir, commonDir, ...more] = await describe(git);
  if (bare === 'true' || inside !== 'true') throw noWorkTree(git.cwd, bare === 'true');
  const root = await git.text(['rev-parse', '--path-format=absolute', '--show-toplevel']);
  if (more.length > 0 || !gitDir || !commonDir || root.includes('\n')) {
    throw refuse('unsupported-path', `the path of this repository holds a newline: ${JSON.stringify(root)}`, 'move it');
  }
  const here = git.at(root);
  const head = await readHead(here);
  if (head === null) {
    throw refuse(
      'no-commit',
      `${root} has no commit yet, and agents need one to start from`,
      "make one: git add -A && git commit -m 'initial'",
    );
  }
  return { git: here, root, gitDir, commonDir, objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1', head };
}

/** All of it in one call, as long as nothing about the repository is out of the ordinary; else null, and it is asked in turn. */
async function describeAtOnce(git: Git): Promise<Repository | null> {
  const args = [...DESCRIPTION, '--show-toplevel', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD'];
  const result = await git.run(args);
  if (result.exit !== 0) return null;
  const lines = result.stdout.toString('utf8').trimEnd().split('\n');
  const [inside, bare, objectFormat, gitDir = '', commonDir = '', root = '', oid = '', ref = ''] = lines;
  if (lines.length !== 8 || inside !== 'true' || bare !== 'false') return null;
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;
  if (branch === null && ref !== 'HEAD') return null;
  const format = objectFormat === 'sha256' ? 'sha256' : 'sha1';
  return { git: git.at(root), root, gitDir, commonDir, objectFormat: format, head: { oid, branch } };
}

/** Where HEAD of a work tree is; null on a branch without a commit. */
export async function readHead(git: Git): Promise<Head | null> {
  const [oid, name] = await Promise.all([
    git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    git.run(['symbolic-ref', '--quiet', 'HEAD']),
  ]);
  if (oid.exit !== 0) return null;
  const ref = name.exit === 0 ? name.stdout.toString('utf8').trim() : null;
  return { oid: oid.stdout.toString('utf8').trim(), branch: ref?.replace(/^refs\/heads\//, '') ?? null };
}

const DESCRIPTION = [
  'rev-parse',
  '--path-format=absolute',
  '--is-inside-work-tree',
  '--is-bare-repository',
  '--show-object-format',
  '--git-dir',
  '--git-common-dir',
];

async function describe(git: Git): Promise<string[]> {
  const result = await git.run(DESCRIPTION);
  if (result.exit === 0) return result.stdout.toString('utf8').trimEnd().split('\n');
  const error = new GitError(DESCRIPTION, result);
  // git tells these apart by text alone; LC_ALL=C keeps it in English.
  if (/dubious ownership/.test(error.stderr)) {
    throw refuse(
      'dubious-ownership',
      `git refuses ${git.cwd}: it belongs to another user`,
      /git config --global --add safe\.directory .*/.exec(error.stderr)?.[0] ?? 'see `git help config`, safe.directory',
    );
  }
  if (/not a git repository/.test(error.stderr)) {
    throw refuse('no-repository', `${git.cwd} is not in a git repository`, 'go to one, or make one with `git init`');
  }
  throw refuse('repository-unreadable', `git cannot read the repository at ${git.cwd}: ${error.stderr}`, 'git status');
}

function noWorkTree(cwd: string, bare: boolean): Refusal {
  return bare
    ? refuse(
        'bare-repository',
        `${cwd} is a bare repository; copse needs a checkout to read the plan from`,
        'git worktree add ../checkout, and run copse there',
      )
    : refuse('no-work-tree', `${cwd} is inside a git directory, not a checkout`, 'go to the checkout');
}

function refuse(code: string, message: string, hint: string): Refusal {
  return new Refusal(code, message, { exit: EXIT.environment, hint });
}
