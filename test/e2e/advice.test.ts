import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Advice } from '../../src/run/advice.ts';
import type { RunSettings } from '../../src/run/event.ts';
import { runCli } from '../rig/cli.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// What `copse plan` advises of a real repository on this machine, and what `auto` makes of it.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'src/one/a.txt': 'a\n', 'src/two/a.txt': 'a\n' });
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const TWO = [
  { id: 'task-001', create: ['src/one/new.txt'] },
  { id: 'task-002', create: ['src/two/new.txt'] },
];
const WORK = { 'task-001': 'echo 1 > src/one/new.txt', 'task-002': 'echo 2 > src/two/new.txt' };

async function planned(...argv: string[]): Promise<{ advice: Advice; settings: RunSettings }> {
  const run = await copse('plan', '--json', ...argv);
  expect(run.exit, run.stderr).toBe(0);
  return JSON.parse(run.stdout) as { advice: Advice; settings: RunSettings };
}

const created = () => {
  const [first] = journalOf(scratch);
  if (first?.type !== 'run.created') throw new Error('the journal has no beginning');
  return first;
};

describe('advice', () => {
  it('measures what it rests on', async () => {
    shellPlan(scratch, { tasks: [...TWO, { id: 'task-003', create: ['src/two/deep/b.txt'] }] });
    scratch.write('src/two/mine.txt', 'mine\n');
    const { advice } = await planned();
    const files = scratch.git('ls-tree', '-r', '-l', 'HEAD').split('\n');
    const bytes = files.reduce((sum, line) => sum + Number(/(\d+)\t/.exec(line)![1]), 0);
    expect(advice.patterns[0]).toMatchObject({
      pattern: 'worktree',
      possible: true,
      reasons: [{ about: 'disk', fits: true, worktrees: 4, each: bytes + files.length * 4096, work: 48e6 }],
    });
    const directory = advice.patterns.find(({ pattern }) => pattern === 'directory')!;
    expect(directory.reasons).toMatchObject([
      { about: 'shared-directories', pairs: 1, first: { tasks: ['task-002', 'task-003'] } },
      { about: 'uncommitted', what: 'src/two/mine.txt has changes that are in no commit' },
    ]);
    const branch = advice.patterns.find(({ pattern }) => pattern === 'branch')!;
    expect(branch).toMatchObject({ possible: false, reasons: [{ about: 'uncommitted' }] });
    expect(advice.agents).toMatchObject({ count: 3, limit: 'plan' });
    expect(advice.agents.room.memory).toBeGreaterThan(0);
    const text = await copse('plan');
    expect(text.stdout).toContain('advice: worktree, 3 agents at once\n');
    expect(text.stdout).toMatch(
      / {2}directory {2}not here: task-002 and task-003 work in src\/two and in src\/two\/deep/,
    );
  });

  it('counts agents for the pattern that was typed, and for the memory that one takes', async () => {
    shellPlan(scratch, { tasks: TWO });
    expect((await planned('--pattern', 'branch')).advice.agents).toMatchObject({ count: 1, limit: 'pattern' });
    const free = (await planned()).advice.agents.room.memory!;
    const config = JSON.parse(readFileSync(join(scratch.repo, 'copse.config.json'), 'utf8')) as object;
    scratch.write('copse.config.json', JSON.stringify({ ...config, limits: { minFreeMemory: '900T' } }));
    expect(free).toBeGreaterThan(1);
    expect((await planned()).advice.agents).toMatchObject({ count: 1, limit: 'memory', room: { memory: 0 } });
  });
});

describe('auto', () => {
  it('takes what is advised, says so, and the journal has it with its reasons', async () => {
    shellPlan(scratch, { tasks: TWO }, WORK);
    const run = await copse('run', '--pattern', 'auto', '--max-concurrent', 'auto');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toContain('copse: auto: worktree, 2 agents at once: worktrees take');
    const { settings, advice } = created();
    expect(settings).toMatchObject({ pattern: 'worktree', maxConcurrent: 2 });
    expect(advice).toMatchObject({ pattern: 'worktree', agents: { count: 2, limit: 'plan' } });
    expect(advice!.patterns).toHaveLength(3);
  });

  it('can be asked for by the manifest, which wins over the config, and loses against what is typed', async () => {
    shellPlan(scratch, { tasks: TWO, manifest: { pattern: 'auto' }, config: { pattern: 'branch' } }, WORK);
    expect((await planned()).settings.pattern).toBe('worktree');
    expect((await planned('--pattern', 'directory')).settings.pattern).toBe('directory');
    const dry = await copse('run', '--dry-run');
    expect(dry.stdout).toContain('advice: worktree');
  });

  it('is `auto` in the config, too; without it nothing is measured and nothing journaled', async () => {
    shellPlan(scratch, { tasks: TWO, config: { limits: { maxConcurrent: 'auto' } } }, WORK);
    expect((await planned()).settings.maxConcurrent).toBe(2);
    expect((await copse('run', '--max-concurrent', '1')).exit).toBe(0);
    expect(created()).not.toHaveProperty('advice');
    expect((await copse('run', '--dry-run', '--max-concurrent', '1')).stdout).not.toContain('advice');
  });

  it('serves a run that goes on with what is left of it', async () => {
    const fails = { ...WORK, 'task-002': '[ "$2" != 1 ] && echo 2 > src/two/new.txt' };
    shellPlan(scratch, { tasks: TWO }, fails);
    expect((await copse('run', '--retries', '0')).exit).toBe(1);
    const again = await copse('run', '--retry-failed', '--max-concurrent', 'auto');
    expect(again.exit, again.stderr).toBe(0);
    expect(again.stderr).toContain('auto: agents: 1, the plan never has more to do at once');
  });

  it('a pattern that there is none of is a finding of the manifest, with its place', async () => {
    shellPlan(scratch, { tasks: TWO, manifest: { pattern: 'forest' } });
    const { exit, stdout } = await copse('validate');
    expect(exit).toBe(3);
    expect(stdout).toMatch(/manifest\.json:\d+:\d+.*there is no pattern 'forest'/);
  });

  it('in a checkout of 200,000 files, most of them left out of it, takes the pattern directory', async () => {
    shellPlan(scratch, { tasks: TWO, manifest: { pattern: 'auto' } }, WORK);
    const sparse = (input: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('git', args, { cwd: scratch.repo, env: scratch.env, input });
      expect(status, String(stderr)).toBe(0);
      return String(stdout).trim();
    };
    const times = (entry: (n: number) => string) => Array.from({ length: 450 }, (_, n) => `${entry(n)}\n`).join('');
    const blob = sparse('a file of many\n', 'hash-object', '-w', '--stdin');
    const folder = sparse(
      times((n) => `100644 blob ${blob}\tf${n}.txt`),
      'mktree',
    );
    const vendor = sparse(
      times((n) => `040000 tree ${folder}\td${n}`),
      'mktree',
    );
    const tree = sparse(`${scratch.git('ls-tree', 'HEAD')}\n040000 tree ${vendor}\tvendor\n`, 'mktree');
    scratch.git('update-ref', 'refs/heads/main', scratch.git('commit-tree', '-p', 'HEAD', '-m', 'vendor', tree));
    scratch.git('sparse-checkout', 'set', 'src', 'parallel');
    scratch.git('reset', '-q', '--hard');
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect(created()).toMatchObject({ settings: { pattern: 'directory' }, advice: { pattern: 'directory' } });
    expect(created().advice!.patterns[1]).toMatchObject({
      pattern: 'worktree',
      reasons: [
        { about: 'tree', files: 202_500 + scratch.git('ls-files', 'src', 'parallel', '*.json').split('\n').length },
        {},
      ],
    });
    expect(readFileSync(join(scratch.repo, 'src/two/new.txt'), 'utf8')).toBe('2\n');
  });
});
