import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commitAll } from '../git/commit.ts';
import { outsideEnv } from '../git/env.ts';
import type { Git } from '../git/git.ts';
import { log } from '../git/history.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import { compareAndSwap, readRef } from '../git/refs.ts';
import { readBaseline } from '../git/stage.ts';
import { untrackedMatching } from '../git/untracked.ts';
import type { DependencyStep } from '../plan/plan.ts';
import { exec } from '../process/exec.ts';
import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import { outputTail } from '../util/output-tail.ts';
import { commandsFor, findManager, type Manager } from './package-managers.ts';
import { projectEnv } from './project-env.ts';

export interface DependenciesRequest {
  git: Git;
  /** The integration branch, full name. */
  ref: string;
  /** What the branch holds; the worktree stands at it. */
  tip: Oid;
  /** Absolute path of our integration worktree. */
  worktree: string;
  steps: readonly DependencyStep[];
  env: NodeJS.ProcessEnv;
  /** Per command, milliseconds; default 15 minutes. */
  timeoutMs?: number;
  /** gitignore patterns of what is not committed; default {@link DEFAULT_JUNK}. */
  junk?: readonly string[];
}

/** `commit` is `tip` itself when the installers changed nothing that is tracked. */
export type DependenciesResult = { ok: true; commit: Oid } | { ok: false; failure: Failure };

const TIMEOUT_MS = 15 * 60_000;
const TRAILER = 'Copse-Step: dependencies';
const MESSAGE = `chore: install plan dependencies\n\n${TRAILER}\n`;
const ORDER: readonly DependencyStep['action'][] = ['remove', 'upgrade', 'add', 'add_dev'];

/**
 * Installs a plan's dependencies in the integration worktree with the project's own package managers and commits what that
 * changed onto the integration branch. Done before by a run that crashed, it is found again by its trailer.
 */
export async function installDependencies(request: DependenciesRequest): Promise<DependenciesResult> {
  const { git, ref, tip, junk = DEFAULT_JUNK } = request;
  const actual = await readRef(git, ref);
  if (actual !== tip) return findEarlier(git, ref, tip, actual);
  const worktree = git.at(request.worktree);
  const gitDir = await worktree.text(['rev-parse', '--absolute-git-dir']);
  await cutLinks(worktree);
  const baseline = await readBaseline(worktree, { gitDir, junk });
  for (const step of inOrder(request.steps)) {
    const failure = await install(step, request);
    if (failure) return { ok: false, failure };
  }
  const { head } = await commitAll(worktree, { gitDir, message: MESSAGE, junk, baseline });
  if (head === tip) return { ok: true, commit: tip };
  if (await compareAndSwap(git, ref, { next: head, old: tip, reason: 'copse: dependencies' }))
    return { ok: true, commit: head };
  return findEarlier(git, ref, tip, await readRef(git, ref));
}

function inOrder(steps: readonly DependencyStep[]): DependencyStep[] {
  return steps
    .filter(({ packages }) => packages.length > 0)
    .sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
}

async function findEarlier(git: Git, ref: string, tip: Oid, actual: Oid | null): Promise<DependenciesResult> {
  const commits = actual === null ? [] : await log(git, tip, actual, { firstParent: true });
  const earlier = commits.find(({ message }) => isInstallation(message));
  if (earlier) return { ok: true, commit: earlier.oid };
  const message = `${ref} moved from ${tip} to ${actual ?? 'nothing'} while dependencies were installed`;
  return { ok: false, failure: { code: 'workspace', message } };
}

/** Whether a commit with this message holds what the installers changed. */
export function isInstallation(message: string): boolean {
  return message.trimEnd().endsWith(TRAILER);
}

/** A linked node_modules or .venv is the user's: an installer would write through the link. */
async function cutLinks(worktree: Git): Promise<void> {
  for (const path of await untrackedMatching(worktree, { patterns: ['node_modules', '.venv'] })) {
    const file = join(worktree.cwd, path);
    if ((await lstat(file)).isSymbolicLink()) await rm(file);
  }
}

async function install(step: DependencyStep, request: DependenciesRequest): Promise<Failure | null> {
  const { worktree, timeoutMs = TIMEOUT_MS } = request;
  const manager = await findManager(step.ecosystem, worktree);
  const unsafe = step.packages.find((name) => name.startsWith('-') || /[\0\n]/.test(name));
  if (unsafe !== undefined) {
    return failed([manager.name, step.action, unsafe], null, `${JSON.stringify(unsafe)} is no name of a package`);
  }
  for (const args of commandsFor(manager, step)) {
    const env = projectEnv(worktree, outsideEnv(request.env));
    const result = await exec(manager.program, args, { cwd: worktree, env, timeoutMs });
    if (result.exit === 0 && !result.timedOut) continue;
    const why = result.timedOut ? `ended after ${timeoutMs / 1000} s` : whyNotStarted(manager, result.spawnError);
    return failed(
      [manager.program, ...args],
      result.exit,
      [outputTail(result.stdout, result.stderr), why].filter(Boolean).join('\n'),
    );
  }
  return null;
}

function whyNotStarted({ name, site }: Manager, error: string | null): string | null {
  if (error === null) return null;
  return error === 'ENOENT' ? `${name} is not installed: see ${site}` : `${name}: ${error}`;
}

function failed(argv: string[], exit: number | null, tail: string): Failure {
  return { code: 'dependencies', command: argv.join(' '), exit, tail };
}
