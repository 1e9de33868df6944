import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Executor } from '../executor/executor.ts';
import { localExecutor } from '../executor/local.ts';
import { transcriptLimit } from '../executor/transcript.ts';
import { agentEnv } from '../git/env.ts';
import { identityEnv } from '../git/identity.ts';
import { attemptPaths } from '../journal/store.ts';
import { systemClock } from '../util/clock.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { rolesOf } from './agents.ts';
import { confining } from './confine.ts';
import type { Wiring } from './wiring.ts';

/** From asking an agent to end to ending it. */
export const GRACE_MS = 10_000;

/** The executor that runs the attempts of a run on this machine. */
export async function executorOf(wiring: Wiring, workspaces: Workspaces): Promise<Executor> {
  const { context, project, open, agents, mask } = wiring;
  const { commonDir, git, root } = project.repository;
  return localExecutor({
    agents,
    workspaces,
    files: (key) => {
      const paths = attemptPaths(commonDir, key.run, key.task, key.attempt);
      return { ...paths, log: join(paths.dir, 'agent.log') };
    },
    env: { ...agentEnv(context.env), ...(await identityEnv(git)) },
    roles: rolesOf(wiring),
    rolesFolder: root,
    clock: systemClock,
    graceMs: GRACE_MS,
    mask,
    maxTranscript: transcriptLimit(project.config.limits.maxTranscript),
    newSession: randomUUID,
    ...(await confining(context, project, open)),
    ...(context.force && { hurry: context.force }),
  });
}
