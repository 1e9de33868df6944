import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchTask, scratchPlan } from '../rig/scratch-plan.ts';
import type { Random } from './random.ts';

/** A task of a crash test, with what its agent does: shell lines; `$task`, `$attempt`, `$log` are set. */
export interface CrashTask extends ScratchTask {
  acts: string;
}

export interface CrashPlan {
  tasks: CrashTask[];
  validation?: Record<number, string>;
  /** Packages that the plan installs, by a package manager of ours. */
  packages?: string[];
  retries?: number;
  /** Nothing is changed in the checkout. */
  clean?: boolean;
}

/**
 * Notes who began and ended, and that never two are at one task. What it prints and what it writes to a file can be checked
 * to the last line and the last byte.
 */
const AGENT = `#!/bin/sh
task=$1 attempt=$2 log=\${0%/*}/log
echo "$task $attempt $$" >>"$log/starts"
mkdir "$log/busy.$task" || echo "$task $attempt" >>"$log/twice"
commit() { git add -A && git commit -qm "feat: $task" && git rev-parse HEAD >>"$log/commits"; }
line() { echo "$task.$attempt line $1"; }
line 1
. "\${0%/*}/does/$task.sh"
line last
rmdir "$log/busy.$task"
echo "$task $attempt" >>"$log/ends"
exit \${status:-0}
`;

const NPM = `#!/bin/sh
echo "$*" >>"\${0%/*}/../log/npm"
printf '{"installed":"%s"}\\n' "$*" >package-lock.json
`;

/** A repository with a plan, its agent and its package manager, ready for `copse run`. Copies of it run alike. */
export function crashRepository(plan: CrashPlan): Scratch {
  const scratch = scratchRepository({
    'README.md': '# scratch\n',
    'list.txt': 'a\n',
    '.gitignore': 'ignored/\n',
    'package.json': '{"name":"scratch"}\n',
    'package-lock.json': '{}\n',
  });
  const program = (path: string, text: string) => {
    writeFileSync(join(scratch.root, path), text);
    chmodSync(join(scratch.root, path), 0o755);
  };
  for (const folder of ['log', 'does', 'bin']) mkdirSync(join(scratch.root, folder));
  program('agent.sh', AGENT);
  program('bin/npm', NPM);
  for (const { id, acts } of plan.tasks) writeFileSync(join(scratch.root, 'does', `${id}.sh`), acts);
  scratchPlan(scratch, {
    tasks: plan.tasks,
    ...(plan.validation && { validation: plan.validation }),
    ...(plan.packages && { manifest: { dependencies: { node: { add: plan.packages } } } }),
    config: {
      agent: 'command',
      // However busy the machine is with other tests: nothing is to wait here.
      limits: { retries: plan.retries ?? 1, maxConcurrent: 3, maxLoad: 1000, minFreeMemory: 0, minFreeDisk: 0 },
      agents: { command: { command: ['../agent.sh', '{task}', '{attempt}'] } },
    },
  });
  if (plan.clean) return scratch;
  // What a run must leave alone: something staged, changed, untracked, ignored, stashed, and another branch.
  scratch.write('README.md', '# stashed\n');
  scratch.git('stash', '-q');
  scratch.git('branch', 'other');
  scratch.write('README.md', '# staged\n');
  scratch.git('add', 'README.md');
  scratch.write('README.md', '# changed\n');
  scratch.write('untracked.txt', 'untracked\n');
  scratch.write('ignored/file', 'ignored\n');
  return scratch;
}

/** Adds a line to a file that others change too, and keeps it sorted: in whatever order they land, the same tree comes out. */
const ADD_LINE = 'echo "$task" >>list.txt; sort -u -o list.txt list.txt; commit';

/** Leftovers, a conflict, a failure that is mended, dependencies, a validation, two waves: one of each, as small as can be. */
export const ONE_OF_EACH: CrashPlan = {
  tasks: [
    { id: 'task-001', create: ['one.txt', 'left.txt'], acts: 'echo 1 >one.txt; commit; echo left >left.txt' },
    { id: 'task-002', create: ['two.txt'], acts: `echo 2 >two.txt; ${ADD_LINE}` },
    { id: 'task-003', create: ['three.txt'], acts: `echo 3 >three.txt; ${ADD_LINE}` },
    {
      id: 'task-004',
      wave: 2,
      deps: ['task-001'],
      create: ['four.txt'],
      acts: 'echo "$attempt" >half.txt; [ "$attempt" = 1 ] && status=1 || { rm half.txt; echo 4 >four.txt; commit; }',
    },
  ],
  validation: { 1: 'cat one.txt two.txt three.txt list.txt' },
  packages: ['left-pad'],
};

/** What the agents of random plans do; `wait` is a time in seconds. */
const ACTS: ((file: string, wait: string) => string)[] = [
  (file) => `echo "$task" >${file}; commit`,
  (file, wait) => `echo "$task" >${file}; sleep ${wait}; line 2; commit`,
  (file, wait) => `line 2; sleep ${wait}; line 3; echo left >${file}`,
  (file, wait) => `sleep ${wait}; echo "$task" >${file}; ${ADD_LINE}`,
  (file, wait) =>
    `echo a >half.txt; sleep ${wait}; [ "$attempt" = 1 ] && status=1 || { rm half.txt; echo b >${file}; commit; }`,
];

/** Three to six tasks in up to three waves, whose agents take some time; with seeds that are equal, equal plans. */
export function randomPlan(random: Random): CrashPlan {
  const tasks: CrashTask[] = [];
  const count = 3 + random.below(4);
  for (let number = 1; number <= count; number++) {
    const id = `task-00${number}`;
    const deps = tasks.filter(() => random.chance(0.3)).map((task) => task.id);
    const wave = Math.max(1, ...deps.map((dep) => tasks.find((task) => task.id === dep)!.wave! + 1));
    const acts = random.pick(ACTS)(`${id}.txt`, (random.below(60) / 100).toFixed(2));
    tasks.push({ id, wave, deps, create: [`${id}.txt`], acts });
  }
  return {
    tasks,
    // Whoever lands in between is a conflict: as often as there are others.
    retries: count,
    ...(random.chance(0.5) && { validation: { 1: 'cat list.txt' } }),
    ...(random.chance(0.3) && { packages: ['left-pad'] }),
  };
}
