import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AttemptSpec } from '../executor/executor.ts';
import type { Plan } from '../plan/plan.ts';
import type { SandboxMode } from '../run/event.ts';
import type { Pattern } from '../run/pattern.ts';
import type { RunState } from '../run/state.ts';
import { type FoundSandbox, findSandbox } from '../sandbox/find.ts';
import type { Confinement, Sandbox } from '../sandbox/sandbox.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { directoriesByTask, workspacesRoot } from './workspaces.ts';

/** Wraps the command line of an attempt so that the system holds it to what it may write. */
export type Confine = (spec: AttemptSpec, argv: string[]) => string[];

/** The confinement of the attempts of a run, or nothing where none is wanted or there is no sandbox. */
export async function confining(
  context: Pick<Surroundings, 'env' | 'warn'>,
  project: Project,
  { state, plan }: { state: RunState; plan: Plan },
): Promise<{ confine?: Confine }> {
  const { pattern, sandbox: mode = 'auto' } = state.settings;
  const sandbox = await sandboxFor(context, project, { pattern, mode });
  if (sandbox === null) return {};
  const directories = pattern === 'directory' ? directoriesByTask(project, plan) : new Map<string, string[]>();
  return {
    confine: (spec, argv) => {
      const protect = protectedBy(project, plan.name, pattern); // now, when they are there
      const writable = writableBy(project, spec, { pattern, directories: directories.get(spec.task) ?? [] });
      return sandbox.wrap(argv, { protect, writable }, spec.workspace);
    },
  };
}

/**
 * The sandbox that a run is to use; null for none. Throws a refusal when one is demanded and the machine has none; says so when
 * a pattern has to do without.
 */
export async function sandboxFor(
  context: Pick<Surroundings, 'env' | 'warn'>,
  project: Project,
  { pattern, mode }: { pattern: Pattern; mode: SandboxMode },
): Promise<Sandbox | null> {
  if (mode === 'off' || (mode === 'auto' && pattern !== 'directory')) return null;
  const found = await findSandboxFor(context, project);
  if (found.ok) return found.sandbox;
  if (mode === 'on') {
    throw new Refusal('no-sandbox', found.message, { exit: EXIT.environment, hint: found.hint });
  }
  context.warn(
    `no sandbox here (${found.message}): nothing keeps an agent in its directories; strays are found afterwards`,
  );
  return null;
}

/** The sandbox of this machine for agents of this project, tried out. */
export function findSandboxFor({ env }: Pick<Surroundings, 'env'>, { config }: Project): Promise<FoundSandbox> {
  return findSandbox({ env, writable: config.sandbox.writable });
}

/** What no attempt may write, whatever folder it lies in: the user's checkout, and the workspaces of others. */
function protectedBy(project: Project, plan: string, pattern: Pattern): Confinement['protect'] {
  const { root, commonDir } = project.repository;
  if (pattern === 'branch') return [];
  const main = dirname(commonDir);
  return [...new Set([root, main, commonDir, workspacesRoot(project, plan)])]
    .filter((path) => existsSync(path))
    .map(real);
}

function writableBy(
  { repository }: Project,
  spec: AttemptSpec,
  { pattern, directories }: { pattern: Pattern; directories: readonly string[] },
): Confinement['writable'] {
  const { commonDir, gitDir } = repository;
  switch (pattern) {
    case 'directory':
      return directories.map((directory) => join(spec.workspace, directory));
    case 'branch':
      return [...new Set([real(spec.workspace), commonDir, gitDir])];
    case 'worktree': {
      // What `git commit` in a linked worktree writes: its own part, objects, its branch and the log of that.
      const refs = dirname(join(commonDir, 'refs/heads', spec.branch));
      const logs = dirname(join(commonDir, 'logs/refs/heads', spec.branch));
      for (const folder of [refs, logs]) mkdirSync(folder, { recursive: true });
      return [real(spec.workspace), ownGitDir(spec.workspace), join(commonDir, 'objects'), refs, logs];
    }
  }
}

function ownGitDir(worktree: string): string {
  const link = /^gitdir: (.*)$/m.exec(readFileSync(join(worktree, '.git'), 'utf8'));
  if (link === null) throw new Error(`${worktree} is no worktree`);
  return real(link[1]!);
}

/** As the system names it: where upper and lower case are one, a path may have been asked for in another. */
function real(path: string): string {
  return realpathSync.native(path);
}
