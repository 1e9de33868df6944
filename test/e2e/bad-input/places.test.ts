import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../rig/cli.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { usersPart } from '../../rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// A whole run from unusual places: it must work, and leave the checkout alone.

let scratch: Scratch;

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const plan = (name?: string) =>
  scratchPlan(scratch, {
    ...(name && { name }),
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    validation: { 1: 'test -f task-001.txt' },
    config: commandAgent(scratch),
  });

/** Run, look, land and clean from a folder; the checkout must follow the landing and nothing else. */
async function worksFrom(cwd: string, repo = scratch.repo) {
  const copse = (...argv: string[]) => runCli(argv, { cwd, env: scratch.env });
  const before = usersPart({ ...scratch, repo });
  const run = await copse('run');
  expect(run.exit, run.stdout + run.stderr).toBe(0);
  expect(usersPart({ ...scratch, repo })).toEqual(before);
  for (const argv of [['status'], ['logs'], ['logs', 'task-001'], ['diff'], ['diff', 'task-002', '--names']]) {
    const { exit, stderr } = await copse(...argv);
    expect(exit, `${argv.join(' ')}: ${stderr}`).toBe(0);
  }
  const landing = await copse('integrate');
  expect(landing.exit, landing.stdout + landing.stderr).toBe(0);
  const clean = await copse('clean');
  expect(clean.exit, clean.stderr).toBe(0);
  expect(clean.stdout).not.toMatch(/^kept/m);
}

it('a path with spaces, quotes, a dollar and other scripts', async () => {
  scratch.remove();
  scratch = scratchRepository(undefined, `it's "a" $HOME дом 家 %20/my repo;x`);
  plan('TS-0002-дом');
  await worksFrom(scratch.repo);
  expect(existsSync(join(scratch.repo, 'task-002.txt'))).toBe(true);
});

it('a subfolder of the checkout', async () => {
  plan();
  mkdirSync(join(scratch.repo, 'src/deep'), { recursive: true });
  await worksFrom(join(scratch.repo, 'src/deep'));
  expect(existsSync(join(scratch.repo, 'task-002.txt'))).toBe(true);
});

it('a linked worktree', async () => {
  plan();
  const linked = join(scratch.root, 'linked');
  scratch.git('worktree', 'add', '-q', '-b', 'side', linked);
  await worksFrom(linked);
  expect(readFileSync(join(linked, 'task-002.txt'), 'utf8')).toBe('made by task-002\n');
  expect(existsSync(join(scratch.repo, 'task-002.txt')), 'the run started from the branch side').toBe(false);
});

it('a path with a symbolic link in it', async () => {
  plan();
  const link = join(scratch.root, 'link');
  symlinkSync(scratch.repo, link);
  await worksFrom(link);
  expect(existsSync(join(scratch.repo, 'task-002.txt'))).toBe(true);
});
