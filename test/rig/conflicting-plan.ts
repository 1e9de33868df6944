import type { Scratch } from './repository.ts';
import { shellPlan } from './shell-agent.ts';

export interface ConflictingPlan {
  /** What the agent of task-002 does from its second attempt on, in shell. */
  again?: string;
  config?: object;
}

/**
 * A plan of two tasks that both write `shared.txt`, which neither owns: task-001 lands first, and task-002, which began
 * before that, conflicts.
 */
export function conflictingPlan(scratch: Scratch, { again = 'exit 1', config = {} }: ConflictingPlan = {}): string {
  scratch.commit('shared', { 'shared.txt': 'as it was\n' });
  const name = 'TS-0001-scratch';
  const says = (task: string) => `echo '{"task_completed": true, "summary": "${task} wrote its name"}'`;
  const write = (task: string) => `echo "of ${task}" > shared.txt; echo "work of ${task}" > ${task}.txt; ${says(task)}`;
  const begun = `${scratch.root}/task-002.begun`;
  return shellPlan(
    scratch,
    {
      name,
      tasks: [
        { id: 'task-001', create: ['task-001.txt'] },
        { id: 'task-002', create: ['task-002.txt'] },
      ],
      config,
    },
    {
      'task-001': `while [ ! -e ${begun} ]; do sleep 0.05; done\n${write('task-001')}`,
      'task-002': `if [ "$2" != 1 ]; then
${again}
else
touch ${begun}
while ! git cat-file -e copse/${name}:task-001.txt 2> /dev/null; do sleep 0.05; done
${write('task-002')}
fi`,
    },
  );
}
