import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scratch } from './repository.ts';

/** Does what its task says in `does: <shell lines>`, else makes the one file it owns and commits it. */
const WORK = `echo "made by $1" > "$1.txt"
git add -A && git commit -qm "feat: $1" && touch .claude-task-complete
`;

/**
 * Writes a shell script beside the repository and gives the config that makes it the agent of every task; `$1` is the task.
 * @param cases shell lines by task id, in place of the usual work: a file `<task>.txt`, committed
 */
export function commandAgent(scratch: Scratch, cases: Record<string, string> = {}, env: Record<string, string> = {}) {
  const path = join(scratch.root, 'agent.sh');
  const branches = Object.entries(cases).map(([task, lines]) => `${task})\n${lines}\n;;\n`);
  writeFileSync(path, `#!/bin/sh\ncase "$1" in\n${branches.join('')}*)\n${WORK};;\nesac\n`);
  chmodSync(path, 0o755);
  return { agent: 'command', agents: { command: { command: [path, '{task}'], env } } };
}
