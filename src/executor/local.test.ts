import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeExecutor } from '../../test/contract/executor.ts';
import type { AgentAdapter } from '../agent/adapter.ts';
import { createCommandAdapter } from '../agent/command.ts';
import { createGit } from '../git/git.ts';
import { DEFAULT_JUNK } from '../git/junk.ts';
import { openRepository } from '../git/repository.ts';
import { systemClock } from '../util/clock.ts';
import { NO_SETUP } from '../workspace/setup.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { createWorktrees } from '../workspace/worktree.ts';
import { coalesce } from './coalesce.ts';
import { localExecutor } from './local.ts';

describeExecutor('local', (scratch) => {
  const gates = join(scratch.root, 'gates');
  mkdirSync(gates);
  const env = { ...scratch.env, GATES: gates };
  const adapter: AgentAdapter = createCommandAdapter(
    { command: ['sh', '{prompt_file}'] },
    { isRoot: false, baseEnv: env, baseDir: scratch.repo, acpClient: [] },
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
          const dir = join(scratch.root, 'attempts', run, `${task}.${attempt}`);
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
      }),
  };
});

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

describe('coalesce', () => {
  it('lets the first through, holds the newest, and gives it out at the end', () => {
    const seen: string[] = [];
    const live = coalesce(
      (event) => seen.push(event.type === 'activity' ? event.activity.summary : event.type),
      60_000,
    );
    for (const summary of ['a', 'b', 'c']) live.push({ type: 'activity', activity: { kind: 'text', summary } });
    expect(seen).toEqual(['a']);
    live.flush();
    expect(seen).toEqual(['a', 'c']);
  });
});
