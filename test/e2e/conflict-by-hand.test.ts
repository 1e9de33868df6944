import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { conflictingPlan } from '../rig/conflicting-plan.ts';
import { journalOf } from '../rig/copse.ts';
import { usersPart } from '../rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Conflicts that a person resolves: `--on-conflict manual`, `integrate --continue`, `integrate --abort`.

const NAME = 'TS-0001-scratch';
const BOTH = 'of task-001\nof task-002\n';
let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const place = () => join(scratch.root, 'workspaces/repo', NAME, '.resolve');
const put = (path: string, text: string) => writeFileSync(join(place(), path), text);
const landed = (path: string) => scratch.git('show', `copse/${NAME}:${path}`);
function inside(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: place(), env: scratch.env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
  return stdout.trimEnd();
}

/** Runs the plan until it waits for a person. */
async function untilConflict(more: Parameters<typeof conflictingPlan>[1] = {}): Promise<void> {
  conflictingPlan(scratch, more);
  const run = await copse('run', '--on-conflict', 'manual');
  expect(run.exit, run.stderr).toBe(4);
  expect(run.stderr).toContain(`next: copse integrate --continue ${NAME}`);
}

describe('a task in conflict', () => {
  it('waits for a person, and is not tried again', async () => {
    await untilConflict();
    expect(journalOf(scratch).filter(({ type }) => type === 'attempt.started')).toHaveLength(2);
    const status = await copse('status');
    expect(status.stdout).toMatch(/! task-002\s+needs-you/);
    expect(status.stdout).toContain('! task-002: conflicts with what has landed since');
    expect((await copse()).stdout).toContain('waits for you: a conflict is yours to resolve');
    expect((await copse('integrate')).stderr).toContain(`copse integrate --continue ${NAME}`);
  });

  it('is laid out as git does it, refused too early with what is left, and lands once it is resolved', async () => {
    await untilConflict();
    const before = usersPart(scratch);
    const begun = await copse('integrate', '--continue');
    expect(begun.exit, begun.stderr).toBe(4);
    expect(begun.stdout).toContain(`git stands in the middle of the merge in ${place()}`);
    expect(begun.stdout).toContain('  ✗ shared.txt');
    expect(inside('status', '--porcelain', '-uno')).toBe('UU shared.txt\nA  task-002.txt');
    expect(inside('ls-files', '-u').split('\n')).toHaveLength(3);
    expect(readFileSync(join(place(), 'shared.txt'), 'utf8')).toContain('<<<<<<< HEAD');
    expect((await copse('status')).stdout).toContain(`the conflict of task-002 is laid out in ${place()}`);

    const early = await copse('integrate', '--continue');
    expect([early.exit, early.stdout]).toEqual([4, expect.stringContaining('✗ shared.txt: unmerged; git add it')]);
    inside('add', 'shared.txt');
    const marked = await copse('integrate', '--continue');
    expect([marked.exit, marked.stdout]).toEqual([4, expect.stringContaining('holds a line of a conflict marker')]);
    put('shared.txt', BOTH);
    const unadded = await copse('integrate', '--continue');
    expect([unadded.exit, unadded.stdout]).toEqual([
      4,
      expect.stringContaining('✗ shared.txt: changed, and not added'),
    ]);

    inside('add', 'shared.txt');
    const done = await copse('integrate', '--continue');
    expect(done.exit, done.stdout + done.stderr).toBe(0);
    expect(done.stdout).toContain(`task-002 is integrated on copse/${NAME}, as you resolved it`);
    expect(done.stdout).toContain(`next: copse integrate ${NAME}`);
    expect([landed('shared.txt'), landed('task-002.txt')]).toEqual([BOTH.trimEnd(), 'work of task-002']);
    expect(scratch.git('log', '-1', '--format=%(trailers:key=Copse-Task,valueonly)', `copse/${NAME}`).trim()).toBe(
      `${NAME}/task-002`,
    );
    expect(existsSync(place())).toBe(false);
    expect(usersPart(scratch)).toEqual(before);
    expect(journalOf(scratch)).toContainEqual(
      expect.objectContaining({ type: 'task.integrated', settled: { by: 'person', paths: ['shared.txt'] } }),
    );
    const onMain = await copse('integrate');
    expect(onMain.exit, onMain.stderr).toBe(0);
    expect(readFileSync(join(scratch.repo, 'shared.txt'), 'utf8')).toBe(BOTH);
    expect((await copse('report')).stdout).toContain('its conflict was resolved by hand: shared.txt');
    expect((await copse('clean')).stdout).not.toContain('kept');
  });

  it('may be committed by the person, under any name, and the task that waited for it goes on', async () => {
    scratch.commit('shared', { 'shared.txt': 'as it was\n' });
    const write = (task: string) => `echo "of ${task}" > shared.txt; echo "work of ${task}" > ${task}.txt`;
    const begun = join(scratch.root, 'begun');
    shellPlan(
      scratch,
      {
        tasks: [
          { id: 'task-001', create: ['task-001.txt'] },
          { id: 'task-002', create: ['task-002.txt'] },
          { id: 'task-003', wave: 2, deps: ['task-002'], create: ['task-003.txt'] },
        ],
        config: { onConflict: { policy: 'manual' } },
        validation: { 1: 'grep -q task-002 shared.txt' },
      },
      {
        'task-001': `while [ ! -e ${begun} ]; do sleep 0.05; done\n${write('task-001')}`,
        'task-002': `touch ${begun}; while ! git cat-file -e copse/${NAME}:task-001.txt 2> /dev/null; do sleep 0.05; done; ${write('task-002')}`,
      },
    );
    expect((await copse('run')).exit).toBe(4);
    await copse('integrate', '--continue');
    put('shared.txt', BOTH);
    inside('commit', '-qam', 'Both of them');
    const done = await copse('integrate', '--continue');
    expect(done.exit, done.stderr).toBe(0);
    expect(done.stdout).toContain(`next: copse resume ${NAME}`);
    expect(scratch.git('log', '-1', '--format=%s', `copse/${NAME}^2`)).toBe('Both of them');
    const early = await copse('integrate');
    expect([early.exit, early.stderr]).toEqual([6, expect.stringContaining('wave 1 has not been validated')]);
    expect((await copse()).stdout).toContain('can go on');
    const resumed = await copse('resume');
    expect(resumed.exit, resumed.stderr).toBe(0);
    expect(journalOf(scratch).filter(({ type }) => type === 'attempt.started')).toHaveLength(3);
    expect(landed('task-003.txt')).toBe('made by task-003');
  });

  it('can be put away: not a byte of what was half done is lost', async () => {
    await untilConflict();
    await copse('integrate', '--continue');
    put('shared.txt', 'half done\n');
    put('notes.txt', 'mine\n');
    inside('add', 'notes.txt');
    const aborted = await copse('integrate', '--abort');
    expect(aborted.exit, aborted.stderr).toBe(0);
    expect(existsSync(place())).toBe(false);
    const [ref] = scratch
      .git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots')
      .split('\n')
      .filter((each) => each.includes('_resolve'));
    expect(scratch.git('show', `${ref}:shared.txt`)).toBe('half done');
    expect(scratch.git('show', `${ref}:notes.txt`)).toBe('mine');
    expect((await copse('recover')).stdout).toContain('_resolve.1');
    const shown = await copse('recover', '_resolve', '--diff');
    expect([shown.exit, shown.stdout]).toEqual([0, expect.stringContaining('+half done')]);
    expect((await copse('integrate', '--abort')).exit).toBe(2);
    expect((await copse('integrate', '--continue')).exit).toBe(4); // anew
    expect(readFileSync(join(place(), 'shared.txt'), 'utf8')).toContain('<<<<<<< HEAD');
  });

  it('is left alone by everything else while a person has it in hand', async () => {
    await untilConflict({ again: 'exit 0' });
    await copse('integrate', '--continue');
    put('shared.txt', 'half done\n');
    const standing = () => [readFileSync(join(place(), 'shared.txt'), 'utf8'), inside('status', '--porcelain')];
    const before = standing();
    const retry = await copse('run', '--retry-failed');
    expect([retry.exit, retry.stderr]).toEqual([4, expect.stringContaining('being resolved by hand')]);
    expect((await copse('resume')).exit).toBe(4);
    const cleaned = await copse('clean');
    expect(cleaned.stdout).toContain(`kept ${place()}: holds a conflict that is being resolved`);
    expect(standing()).toEqual(before);
    const forced = await copse('clean', '--force');
    expect(forced.stdout).toContain('is kept in refs/copse/snapshots/');
    expect(existsSync(place())).toBe(false);
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(scratch.git('show', `${refs.find((ref) => ref.includes('_resolve'))}:shared.txt`)).toBe('half done');
  });

  it('is followed by the next one; typed in the worktree itself, as well', async () => {
    await untilConflict({ more: ['task-003'] });
    const there = (...argv: string[]) => runCli(argv, { cwd: place(), env: scratch.env });
    await copse('integrate', '--continue');
    put('shared.txt', BOTH);
    inside('add', '.');
    const next = await there('integrate', '--continue');
    expect([next.exit, next.stderr]).toEqual([4, '']);
    expect(next.stdout).toMatch(/task-002 is integrated on .*\ntask-003 conflicts with what has landed since:/);
    expect(inside('rev-parse', 'HEAD')).toBe(scratch.git('rev-parse', `copse/${NAME}`));
    put('shared.txt', `${BOTH}of task-003\n`);
    inside('commit', '-qam', 'three');
    const done = await there('integrate', '--continue', '--json');
    expect([done.exit, done.stderr]).toEqual([0, `copse: you stand in a folder that is gone: cd ${scratch.repo}\n`]);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ok: true,
      steps: [{ is: 'integrated', task: 'task-003', by: 'person' }],
    });
    expect(landed('shared.txt')).toBe(`${BOTH}of task-003`);
  });

  it.each(['integrate --continue', 'resume'])(
    'lands once, and %s knows it, when copse is killed behind the landing',
    async (command) => {
      await untilConflict();
      await copse('integrate', '--continue');
      put('shared.txt', BOTH);
      inside('add', '.');
      const journal = join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'journal.jsonl');
      const before = readFileSync(journal);
      cpSync(place(), `${place()}.kept`, { recursive: true });
      const admin = inside('rev-parse', '--absolute-git-dir');
      const kept = join(scratch.root, 'admin');
      cpSync(admin, kept, { recursive: true });
      await copse('integrate', '--continue');
      const tip = scratch.git('rev-parse', `copse/${NAME}`);
      writeFileSync(journal, before); // the events are lost, the worktree is still there
      renameSync(`${place()}.kept`, place());
      cpSync(kept, admin, { recursive: true });
      inside('checkout', '-q', '--detach', '--force', `${tip}^2`);

      const again = await copse(...command.split(' '));
      expect(again.exit, again.stdout + again.stderr).toBe(0);
      expect(scratch.git('rev-parse', `copse/${NAME}`)).toBe(tip);
      expect(journalOf(scratch).filter(({ type }) => type === 'task.integrated')).toHaveLength(2);
      expect(journalOf(scratch)).toContainEqual(
        expect.objectContaining({ type: 'task.integrated', settled: { by: 'person', paths: ['shared.txt'] } }),
      );
      expect((await copse('integrate')).exit).toBe(0);
    },
  );

  it('that another policy gave up can be resolved by hand, too', async () => {
    conflictingPlan(scratch);
    const run = await copse('run', '--retries', '0');
    expect([run.exit, run.stderr]).toEqual([6, expect.stringContaining(`copse integrate --continue ${NAME}`)]);
    await copse('integrate', '--continue');
    put('shared.txt', BOTH);
    inside('add', '.');
    expect((await copse('integrate', '--continue')).exit).toBe(0);
    expect(landed('shared.txt')).toBe(BOTH.trimEnd());
  });

  it('is merged again where the branch has moved since, and conflicts with what was resolved', async () => {
    await untilConflict();
    await copse('integrate', '--continue');
    put('shared.txt', BOTH);
    inside('add', '.');
    const other = join(scratch.root, 'other');
    scratch.git('worktree', 'add', '-q', other, `copse/${NAME}`);
    writeFileSync(join(other, 'shared.txt'), 'of a person\n');
    scratch.git('-C', other, 'commit', '-qam', 'by hand');
    scratch.git('worktree', 'remove', other);
    const again = await copse('integrate', '--continue');
    expect(again.exit, again.stderr).toBe(4);
    expect(readFileSync(join(place(), 'shared.txt'), 'utf8')).toContain('of a person\n=======\nof task-001');
    put('shared.txt', `of a person\n${BOTH}`);
    inside('add', '.');
    expect((await copse('integrate', '--continue')).exit).toBe(0);
    expect(landed('shared.txt')).toBe(`of a person\n${BOTH.trimEnd()}`);
  });

  it('is learned by rerere when it lands', async () => {
    mkdirSync(join(scratch.repo, '.git/rr-cache'));
    await untilConflict();
    await copse('integrate', '--continue');
    put('shared.txt', BOTH);
    inside('add', '.');
    expect((await copse('integrate', '--continue')).exit).toBe(0);
    const [entry] = readdirSync(join(scratch.repo, '.git/rr-cache'));
    expect(readFileSync(join(scratch.repo, '.git/rr-cache', entry!, 'postimage'), 'utf8')).toBe(BOTH);
  });
});

describe('the whole in conflict with its target', () => {
  it('is laid out, resolved, and lands after its checks', async () => {
    const work = { 'task-001': 'echo theirs > README.md; echo x > task-001.txt' };
    const checks = [{ name: 'mine', command: '! grep -q wrong README.md' }];
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }], config: { checks } }, work);
    await copse('run');
    scratch.commit('meanwhile', { 'README.md': 'ours\n' });
    const main = scratch.git('rev-parse', 'main');
    const run = await copse('integrate');
    expect([run.exit, run.stdout]).toEqual([6, expect.stringContaining(`next: copse integrate --continue ${NAME}`)]);
    const begun = await copse('integrate', '--continue');
    expect(begun.exit, begun.stderr).toBe(4);
    expect(begun.stdout).toContain(`${NAME} conflicts with main:`);
    put('README.md', 'wrong\n');
    inside('add', '.');
    const refused = await copse('integrate', '--continue');
    expect(refused.exit, refused.stdout + refused.stderr).toBe(6);
    expect(scratch.git('rev-parse', 'main')).toBe(main);

    put('README.md', 'ours and theirs\n');
    inside('commit', '-qam', 'mended');
    const done = await copse('integrate', '--continue');
    expect(done.exit, done.stdout + done.stderr).toBe(0);
    expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('ours and theirs\n');
    expect(scratch.git('status', '--porcelain', '-uno')).not.toContain('README');
    expect(existsSync(place())).toBe(false);
    expect((await copse('status')).stdout).toContain(`next: copse clean ${NAME}`);
  });

  it('nothing in conflict: says so, with the next command', async () => {
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
    await copse('run');
    const run = await copse('integrate', '--continue');
    expect([run.exit, run.stderr]).toEqual([2, expect.stringContaining(`copse integrate ${NAME}`)]);
  });
});
