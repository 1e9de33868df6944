import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// Runs in which an agent takes over from another one whose account is limited.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

function agent(name: string, script: string) {
  const file = join(scratch.root, `${name}.sh`);
  writeFileSync(file, `echo ${name} "$1" >> "${scratch.root}/started"\n${script}\n`);
  return { type: 'command', command: ['sh', file, '{task}'] };
}

const started = () => readFileSync(join(scratch.root, 'started'), 'utf8').trim().split('\n');
const LIMITED = `echo '{"resets_at": "${new Date(Date.now() + 3_600_000).toISOString()}"}'; exit 75`;
const WORK = 'echo "made by $1" > "$1.txt"; git add -A; git commit -qm "feat: $1"';
const tasks = [
  { id: 'task-001', create: ['task-001.txt'] },
  { id: 'task-002', create: ['task-002.txt'] },
];

it('the next of its line that is free does the tasks, and the run does not wait', async () => {
  const agents = {
    first: { ...agent('first', LIMITED), fallback: 'second' },
    second: { ...agent('second', LIMITED), fallback: 'third' },
    third: agent('third', WORK),
  };
  scratchPlan(scratch, { tasks, config: { agent: 'first', agents } });
  const run = await copse('run', '--max-concurrent', '1', '--retries', '0');
  expect(run, run.stderr).toMatchObject({ exit: 0 });
  expect(started().map((line) => line.split(' ')[0])).toEqual(['first', 'second', 'third', 'third']);
  expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch')).toContain('task-001.txt\ntask-002.txt');
});

it('is looked for before the run starts', async () => {
  const agents = {
    first: { ...agent('first', WORK), fallback: 'second' },
    second: { type: 'command', command: ['/no/such/agent'] },
  };
  scratchPlan(scratch, { tasks, config: { agent: 'first', agents } });
  expect(await copse('run')).toMatchObject({ exit: 7, stderr: expect.stringContaining('`second` was not found') });
});
