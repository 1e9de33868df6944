import { statSync } from 'node:fs';
import type { AgentContext } from '../agent/adapter.ts';
import type { AttemptSpec } from './executor.ts';
import type { AttemptParts } from './live-attempt.ts';

/** What the adapter is told about an attempt. `resume`: the session that it goes on with. */
export function contextOf(
  spec: AttemptSpec,
  { files, clock, newSession }: Pick<AttemptParts, 'files' | 'clock' | 'newSession'>,
  { role, resume }: { role: string | undefined; resume?: AttemptSpec['resume'] },
): AgentContext {
  return {
    task: spec.task,
    title: spec.title,
    attempt: spec.attempt,
    workspace: spec.workspace,
    promptFile: files.prompt,
    session: resume?.session ?? newSession(),
    ...(resume && { resume }),
    ...(spec.maxUsd !== undefined && { maxUsd: spec.maxUsd }),
    // A transcript that is read late was written earlier: "resets 3am" means the 3am after that.
    saidAt: () => statSync(files.transcript, { throwIfNoEntry: false })?.mtimeMs ?? clock.now(),
    ...(spec.model && { model: spec.model }),
    ...(role && { role }),
  };
}
