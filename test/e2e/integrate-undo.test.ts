import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// `copse integrate --undo`: the target is where it was, and the plan can land again.

const NAME = 'TS-0001-scratch';

let scratch: Scratch;
beforeEach(async () => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
  shellPlan(scratch, { tasks: ['task-001', 'task-002'].map((id) => ({ id, create: [`${id}.txt`] })) });
  expect(await copse('run')).toMatchObject({ exit: 0 });
});
afterEach(() => scratch.remove());
const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const json = async (...argv: string[]) => JSON.parse((await copse(...argv, '--json')).stdout);
const main = () => scratch.git('rev-parse', 'main');
const inPlan = (name: string) => readFileSync(join(scratch.repo, 'parallel', NAME, name), 'utf8');
const integration = () => JSON.parse(inPlan('manifest.json')).integration;

it('takes back the last landing, and it lands again; also when its branches are gone', async () => {
  const before = main();
  expect(await copse('integrate', '--undo')).toMatchObject({ exit: 6, stderr: expect.stringContaining('has landed') });
  expect((await copse('integrate', '--squash')).exit).toBe(0);
  const landed = main();
  expect(integration()).toMatchObject({ status: 'completed' });

  expect((await copse('integrate', '--undo', '--dry-run')).stdout).toMatch(/^main would go back .*nothing was changed/);
  expect(main()).toBe(landed);
  const undone = await copse('integrate', '--undo');
  expect(undone.stdout).toMatch(
    /^main is back where it was before TS-0001-scratch landed .*\nnext: copse integrate TS/,
  );
  expect(main()).toBe(before);
  expect(scratch.git('status', '--porcelain', '--untracked-files=no')).toMatch(/^ ?M parallel\/\S+\/manifest\.json$/);
  expect(integration()).toMatchObject({ status: 'pending', completed_at: null, undone_at: expect.any(String) });
  expect(inPlan('integration-report.md')).not.toContain('**Landed**');
  expect((await copse('status')).stdout).toContain(`next: copse integrate ${NAME}`);
  expect(await copse('integrate', '--undo')).toMatchObject({ exit: 6 });

  expect((await copse('integrate')).stdout).toMatch(/landed on main \(fast-forward/);
  expect(integration()).toMatchObject({ status: 'completed' });
  expect(integration()).not.toHaveProperty('undone_at');
  const tip = main();
  expect((await copse('clean')).stdout).not.toContain('kept');
  expect(scratch.git('branch', '--format=%(refname:short)')).toBe('main');
  expect(await json('integrate', '--undo')).toMatchObject({
    ok: true,
    undo: { target: 'main', from: tip, to: before, undone: true, restored: true, pushed: [] },
  });
  expect(main()).toBe(before);
  expect(scratch.git('rev-parse', `copse/${NAME}`)).toBe(tip);
  expect((await copse('integrate')).stdout).toMatch(/landed on main \(fast-forward/);
  expect(main()).toBe(tip);
}, 90_000);

it('refuses when something came since, and tells the command; options that are for landing do not go with it', async () => {
  expect((await copse('integrate', '--merge')).exit).toBe(0);
  const landed = main();
  scratch.git('checkout', '-q', '--', '.');
  scratch.commit('on top', { 'later.txt': '1' });
  scratch.git('update-ref', 'refs/remotes/origin/main', 'main');
  const refused = await copse('integrate', '--undo');
  expect(refused.exit).toBe(6);
  expect(refused.stdout).toMatch(/^main has got commits since .*nothing was changed\n {2}\w{9} on top\nnext: /);
  expect(refused.stdout).toContain(`git revert -m 1 ${landed}`);
  scratch.git('reset', '-q', '--hard', landed);
  expect((await copse('integrate', '--undo')).stdout).toContain(
    'origin/main has it: what was pushed is not taken back',
  );
  for (const option of ['--squash', '--partial', '--no-contracts', '--into=x']) {
    const wrong = await copse('integrate', '--undo', option);
    expect(wrong, option).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--undo goes with --json and --dry-run'),
    });
  }
}, 60_000);
