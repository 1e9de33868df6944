import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scratch } from './repository.ts';
import { type ScratchPlan, scratchPlan } from './scratch-plan.ts';

/**
 * A plan whose agent is a shell script a task: `scripts['task-001']` runs in the workspace with `$1` the task and `$2` the
 * attempt. A task without one writes `<task>.txt`, commits and touches the marker.
 */
export function shellPlan(scratch: Scratch, plan: ScratchPlan, scripts: Record<string, string> = {}): string {
  const folder = join(scratch.root, 'scripts');
  mkdirSync(folder, { recursive: true });
  const agent = join(scratch.root, 'agent.sh');
  writeFileSync(
    agent,
    `#!/bin/sh\nset -e\nif [ -f "${folder}/$1.sh" ]; then . "${folder}/$1.sh"; else ${DEFAULT}; fi\n`,
  );
  chmodSync(agent, 0o755);
  for (const [task, text] of Object.entries(scripts)) writeFileSync(join(folder, `${task}.sh`), text);
  const config = { agent: 'command', agents: { command: { command: [agent, '{task}', '{attempt}'] } } };
  return scratchPlan(scratch, { ...plan, config: { ...config, ...(plan.config as object) } });
}

const DEFAULT = 'echo "made by $1" > "$1.txt"; git add -A; git commit -qm "feat: $1"; touch .claude-task-complete';
