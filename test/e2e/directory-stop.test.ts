import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// Pattern `directory` cut off in the middle: what stands in the user's checkout then, and how it goes on.

let program: Copse;
let scratch: Scratch;
let gates: string;
beforeAll(() => {
  program = builtCopse();
});
afterAll(() => program.remove());
beforeEach(() => {
  scratch = scratchRepository({ 'src/one/a.txt': 'a\n', 'src/two/a.txt': 'a\n', 'notes.txt': 'notes\n' });
  gates = join(scratch.root, 'gates');
  mkdirSync(gates);
  const agent = join(scratch.root, 'agent.sh');
  writeFileSync(
    agent,
    `#!/bin/sh
echo "$1.$2" >> "${gates}/began"
echo half > "src/$1/new.txt"
touch "${gates}/$1.begun"
while [ ! -e "${gates}/open" ]; do sleep 0.05; done
echo "made by $1" > "src/$1/new.txt"
`,
  );
  chmodSync(agent, 0o755);
  scratchPlan(scratch, {
    tasks: [
      { id: 'one', create: ['src/one/new.txt'] },
      { id: 'two', create: ['src/two/new.txt'] },
    ],
    config: {
      pattern: 'directory',
      agent: 'command',
      agents: { command: { command: [agent, '{task}', '{attempt}'] } },
      sandbox: { mode: 'off' }, // the agents write to a folder of the test
    },
  });
  scratch.write('notes.txt', 'edited by its owner\n');
});
afterEach(() => scratch.remove());

/** Everything of the user that no run may change, and what it has put into the checkout. */
const mine = () => [
  scratch.git('rev-parse', 'HEAD', 'main'),
  scratch.git('symbolic-ref', 'HEAD'),
  scratch.git('ls-files', '-s'),
  readFileSync(join(scratch.repo, 'notes.txt'), 'utf8'),
];
const made = () => scratch.git('status', '--porcelain', '-uall', '--', 'src');
const open = () => writeFileSync(join(gates, 'open'), '');

async function untilBothAreAtWork() {
  const run = program.start(scratch, ['run']);
  for (const task of ['one', 'two']) await fileAppears(join(gates, `${task}.begun`));
  return run;
}

async function goesOn(): Promise<void> {
  const again = program.start(scratch, ['resume']);
  open();
  expect(await again.ended, again.output()).toBe(0);
  expect(scratch.git('show', 'copse/TS-0001-scratch:src/two/new.txt')).toBe('made by two');
  expect(readFileSync(join(scratch.repo, 'src/one/new.txt'), 'utf8')).toBe('made by one\n');
}

it('SIGINT: half-done work is on the branches, and no longer in the checkout; resume begins anew', async () => {
  const before = mine();
  const run = await untilBothAreAtWork();
  run.child.kill('SIGINT');
  expect(await run.ended, run.output()).toBe(130);
  expect([mine(), made()]).toEqual([before, '']);
  expect(scratch.git('show', 'feature/one:src/one/new.txt')).toBe('half');
  await goesOn();
  expect(mine()).toEqual(before);
});

it('SIGKILL: files of the agents lie in their directories, nothing else changed; resume takes the agents over', async () => {
  const before = mine();
  const run = await untilBothAreAtWork();
  run.child.kill('SIGKILL');
  await run.ended;
  expect([mine(), made()]).toEqual([before, '?? src/one/new.txt\n?? src/two/new.txt']);
  await goesOn();
  expect(mine()).toEqual(before);
  expect(readFileSync(join(gates, 'began'), 'utf8').trim().split('\n').sort()).toEqual(['one.1', 'two.1']);
});

it('SIGKILL and dead agents: clean --force leaves the files where they are, and says so', async () => {
  const before = mine();
  const run = await untilBothAreAtWork();
  run.child.kill('SIGKILL');
  await run.ended;
  open();
  const id = journalOf(scratch)[0]!.run;
  for (const task of ['one', 'two']) {
    await fileAppears(join(scratch.repo, '.git/copse/runs', id, `attempts/${task}.1/exit`));
  }
  const cleaned = await runCli(['clean', '--force'], { cwd: scratch.repo, env: scratch.env });
  expect(cleaned.exit, cleaned.stderr).toBe(0);
  expect(cleaned.stdout).toContain('removed one: feature/one: what it made stays in src/one of the checkout\n');
  expect(mine()).toEqual(before);
  expect(existsSync(join(scratch.repo, 'src/one/new.txt'))).toBe(true);
});
