import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchTask, scratchPlan } from '../rig/scratch-plan.ts';

// Agents that ask for more than their scope, in whole runs.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
  scratch.commit('shared', { 'shared.txt': 'one\n', 'owned.txt': 'one\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

/** task-001 asks for these until its prompt says that it may write them, then writes them; the others do their own file. */
function plan(asks: string[], { config = {}, tasks = [] }: { config?: object; tasks?: ScratchTask[] } = {}): string {
  const requests = JSON.stringify(asks.map((path) => ({ path, reason: 'it must be exported' })));
  const script = `echo mine > task-001.txt
if grep -q '^=== SCOPE EXTENSION' "$COPSE_PROMPT_FILE"; then
  for file in ${asks.join(' ')}; do echo two >> "$file"; done
  echo '{"task_completed": true}'
else
  echo '{"task_completed": false, "scope_request": ${requests}}'
fi`;
  return scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', deps: ['task-001'], create: ['task-002.txt'] },
      ...tasks,
    ],
    config: { ...commandAgent(scratch, { 'task-001': script }), ...config },
  });
}

const landed = (name: string, path: string) => scratch.git('show', `copse/${name}:${path}`);

it('a task that asks waits for a person, who sees what for and how to grant it', async () => {
  const name = plan(['shared.txt']);
  const run = await copse('run', '--retries', '0');
  expect(run.exit, run.stderr).toBe(4);
  expect(run.stderr).toContain('! task-001: asks to change shared.txt: it must be exported');
  expect(run.stderr).toContain(`next: copse resume ${name} --grant task-001`);
  const status = await copse('status');
  expect(status.stdout).toMatch(/! task-001\s+needs-you/);
  expect(status.stdout).toContain('asks to change shared.txt');
  expect((await copse('resume')).exit).toBe(4); // nothing was decided

  const granted = await copse('resume', '--grant', '001:shared.txt', '--scope', 'enforce');
  expect(granted.exit, granted.stderr).toBe(0);
  expect(landed(name, 'shared.txt')).toBe('one\ntwo');
  expect(landed(name, 'task-002.txt')).not.toBe('');
});

it('granted by its name alone, the task gets all that it asked for', async () => {
  const name = plan(['shared.txt', 'owned.txt'], { tasks: [{ id: 'task-003', modify: ['owned.txt'] }] });
  const run = await copse('run', '--retries', '0', '--skip', 'task-003');
  expect(run.exit).toBe(4);
  expect(run.stderr).toContain('owned.txt (task-003 owns it): it must be exported');
  const granted = await copse('resume', '--grant', 'task-001', '--skip', 'task-003', '--scope', 'enforce');
  expect(granted.stderr).toContain("'owned.txt' is owned by task-003, too: the two never run at once");
  expect(granted.exit, granted.stderr).toBe(0);
  expect(landed(name, 'owned.txt')).toBe('one\ntwo');
});

it('by policy what nobody owns is granted at once, and costs no attempt', async () => {
  const name = plan(['shared.txt'], { config: { scope: { extend: 'grant', policy: 'enforce' } } });
  const run = await copse('run', '--retries', '0');
  expect(run.exit, run.stderr).toBe(0);
  expect(landed(name, 'shared.txt')).toBe('one\ntwo');
  expect(journalOf(scratch)).toContainEqual(
    expect.objectContaining({ type: 'attempt.failed', granted: ['shared.txt'] }),
  );
});

it.each([
  ['what another task owns', ['owned.txt'], 'owned.txt (task-003 owns it)'],
  ['a folder', ['lib/'], 'asks to change lib/'],
  ['what makes programs run', ['.npmrc'], '.npmrc (makes programs run for others)'],
])('%s is for a person to grant, whatever the policy', async (_, asks, said) => {
  plan(asks, { config: { scope: { extend: 'grant' } }, tasks: [{ id: 'task-003', modify: ['owned.txt'] }] });
  const run = await copse('run', '--retries', '0', '--skip', 'task-003');
  expect(run.exit).toBe(4);
  expect(run.stderr).toContain(said);
});

it('a grant that is of no use is refused, and nothing changes', async () => {
  plan(['shared.txt']);
  await copse('run', '--retries', '0');
  const before = journalOf(scratch);
  for (const [grant, said] of [
    ['task-009:a', 'the plan has no such task'],
    ['task-001:../x', "the path '../x'"],
    ['task-001:parallel/TS-0001-scratch/context.md', 'is of the plan or a contract'],
    ['task-002', 'task-002 asks for nothing'],
  ] as const) {
    const refused = await copse('resume', '--grant', grant);
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining(said)]);
  }
  expect(journalOf(scratch)).toEqual(before);
});

it('let to do without, it is told so', async () => {
  const name = plan(['shared.txt']);
  await copse('run', '--retries', '0');
  const again = await copse('run', '--retry-failed', '--retries', '0');
  expect(again.exit).toBe(4);
  const prompt = readFileSync(
    join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'attempts/task-001.2/prompt.txt'),
    'utf8',
  );
  expect(prompt).toContain('shared.txt: it must be exported');
  expect(prompt).toContain('What it does not name is not granted');
  await copse('integrate', name);
});

it('who completed its task is not held up by what it asks for besides', async () => {
  scratchPlan(scratch, {
    tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
    config: commandAgent(scratch, {
      'task-001': `echo x > task-001.txt; echo '{"task_completed": true, "scope_request": ["shared.txt"]}'`,
    }),
  });
  const run = await copse('run');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toContain('! task-001: asks to change shared.txt');
});
