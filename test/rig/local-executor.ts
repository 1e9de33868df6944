import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAdapter } from '../../src/agent/adapter.ts';
import { createCommandAdapter } from '../../src/agent/command.ts';
import { type LocalExecutorOptions, localExecutor } from '../../src/executor/local.ts';
import { createGit } from '../../src/git/git.ts';
import { DEFAULT_JUNK } from '../../src/git/junk.ts';
import { openRepository } from '../../src/git/repository.ts';
import { systemClock } from '../../src/util/clock.ts';
import { NO_SETUP } from '../../src/workspace/setup.ts';
import type { Workspaces } from '../../src/workspace/workspace.ts';
import { createWorktrees } from '../../src/workspace/worktree.ts';
import type { ExecutorWorld } from '../contract/executor.ts';
import type { Scratch } from './repository.ts';

/** Where an attempt of a `localWorld` keeps its files. */
export const attemptFolder = (scratch: Scratch, run: string, task: string, attempt = 1) =>
  join(scratch.root, 'attempts', run, `${task}.${attempt}`);

/** The executor of this machine over a scratch repository; prompts are shell scripts that its agent `script` runs. */
export function localWorld(scratch: Scratch, more: Partial<LocalExecutorOptions> = {}): ExecutorWorld {
  const gates = join(scratch.root, 'gates');
  mkdirSync(gates);
  const env = { ...scratch.env, GATES: gates };
  const adapter: AgentAdapter = createCommandAdapter(
    { command: ['sh', '{prompt_file}'] },
    { isRoot: false, baseEnv: env, baseDir: scratch.repo, acpClient: [], sdkClient: [] },
    'script',
  );
  return {
    scratch,
    place: (task) => ({ branch: `feature/${task}`, workspace: join(scratch.root, 'workspaces', task) }),
    executor: () =>
      localExecutor({
        agents: new Map([['script', adapter]]),
        workspaces: worktrees(scratch),
        files: ({ run, task, attempt }) => {
          const dir = attemptFolder(scratch, run, task, attempt);
          const file = (name: string) => join(dir, name);
          return {
            dir,
            prompt: file('prompt.txt'),
            transcript: file('transcript.jsonl'),
            stderr: file('stderr.log'),
            exit: file('exit'),
            pid: file('pid'),
            log: file('agent.log'),
          };
        },
        env,
        roles: new Map(),
        rolesFolder: scratch.repo,
        clock: systemClock,
        graceMs: 500,
        maxTranscript: 1_000_000,
        newSession: randomUUID,
        ...more,
      }),
  };
}

/** Opens the repository when it is first needed: the contract makes its worlds synchronously. */
function worktrees({ repo, env }: { repo: string; env: NodeJS.ProcessEnv }): Workspaces {
  const open = async () =>
    createWorktrees({
      repository: await openRepository(createGit({ cwd: repo, env })),
      run: '20261123-120000-test',
      setup: NO_SETUP,
      snapshotRef: ({ branch }) => `refs/copse/snapshots/test/${branch}`,
      junk: DEFAULT_JUNK,
      never: [],
      env,
    });
  return {
    prepare: async (spec) => (await open()).prepare(spec),
    harvest: async (spec, message) => (await open()).harvest(spec, message),
    remove: async (spec, options) => (await open()).remove(spec, options),
    settle: async () => (await open()).settle(),
  };
}
