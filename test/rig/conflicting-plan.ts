import type { Scratch } from './repository.ts';
import { shellPlan } from './shell-agent.ts';

export interface ConflictingPlan {
  /** What the agent of task-002 does from its second attempt on, in shell. */
  again?: string;
  config?: object;
  /** Further tasks like task-002. */
  more?: string[];
}

/**
 * A plan of two tasks that both write `shared.txt`, which neither owns: task-001 lands first, and task-002, which began
 * before that, conflicts.
 */
export function conflictingPlan(
  scratch: Scratch,
  { again = 'exit 1', config = {}, more = [] }: ConflictingPlan = {},
): string {
  scratch.commit('shared', { 'shared.txt': 'as it was\n' });
  const name = 'TS-0001-scratch';
  const says = (task: string) => `echo '{"task_completed": true, "summary": "${task} wrote its name"}'`;
  const write = (task: string) => `echo "of ${task}" > shared.txt; echo "work of ${task}" > ${task}.txt; ${says(task)}`;
  const begun = (task: string) => `${scratch.root}/${task}.begun`;
  const others = ['task-002', ...more];
  const second = (task: string) => `if [ "$2" != 1 ]; then
${again}
else
touch ${begun(task)}
while ! git cat-file -e copse/${name}:task-001.txt 2> /dev/null; do sleep 0.05; done
${write(task)}
fi`;
  const all = others.map((task) => `[ -e ${begun(task)} ]`).join(' && ');
  return shellPlan(
    scratch,
    {
      name,
      tasks: ['task-001', ...others].map((id) => ({ id, create: [`${id}.txt`] })),
      config,
    },
    {
      'task-001': `until ${all}; do sleep 0.05; done\n${write('task-001')}`,
      ...Object.fromEntries(others.map((task) => [task, second(task)])),
    },
  );
}
