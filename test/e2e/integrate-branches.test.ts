import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/report/schema.ts';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';
import { checkoutState } from '../rig/target.ts';

// `copse integrate --branches`: branches that were made elsewhere are merged and verified without a run.

let scratch: Scratch;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({ 'list.txt': 'a\nb\nc\n', 'sum.txt': '' });
  base = scratch.git('rev-parse', 'HEAD');
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const land = (...argv: string[]) => copse('integrate', '--branches', 'feature/task-*', ...argv);
const json = async (...argv: string[]) => JSON.parse((await land(...argv, '--json')).stdout);
type Row = { name: string; outcome: { is: string } };
const main = () => scratch.git('rev-parse', 'main');

/** A branch with one commit; `main` stays checked out. */
function branch(name: string, files: Record<string, string>, from = 'main'): string {
  scratch.git('switch', '-q', '-c', name, from);
  const head = scratch.commit(`feat: ${name}`, files);
  scratch.git('switch', '-q', 'main');
  return head;
}

describe('without a plan', () => {
  it('lands those that are new on the branch that is checked out, and leaves them where they are', async () => {
    branch('feature/task-001', { 'one.txt': '1\n' });
    const two = branch('feature/task-002', { 'two.txt': '2\n' });
    branch('feature/other', { 'other.txt': 'o' });
    scratch.git('branch', 'feature/task-000', base);
    const meanwhile = scratch.commit('meanwhile', { 'mine.txt': 'mine' });
    const before = checkoutState(scratch);
    const dry = await land('--dry-run', '--report', 'dry.md');
    expect(dry.stdout).toContain('2 of 3 branches would land on main (merged, ');
    expect(checkoutState(scratch)).toEqual(before);

    const landed = await land('--report', 'out/report.md');
    expect(landed).toMatchObject({ exit: 0 });
    expect(landed.stdout).toMatch(/^= feature\/task-000 {2}nothing new: main has it\n✓ feature\/task-001 {2}merges\n✓/);
    expect(landed.stdout).toMatch(
      /\n2 of 3 branches landed on main \(merged, .*checked out in .*\)\nreport: .*report\.md\nnext: /,
    );
    expect(scratch.git('log', '--first-parent', '--format=%s', '-3')).toBe(
      'Merge feature/task-002: feat: feature/task-002\nMerge feature/task-001: feat: feature/task-001\nmeanwhile',
    );
    expect(readFileSync(join(scratch.repo, 'two.txt'), 'utf8')).toBe('2\n');
    expect(scratch.git('status', '--porcelain')).toBe('?? out/');
    expect(scratch.git('rev-parse', 'feature/task-002')).toBe(two);
    expect(readFileSync(join(scratch.repo, 'out/report.md'), 'utf8')).toMatch(
      /^# Integration Report: Branches feature\/task-\*\n[\s\S]*Tasks Integrated\*\*: 3\/3[\s\S]*feature\/task-001/,
    );
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(false);
    expect((await land()).stdout).toContain('main has everything already');
    expect(await land()).toMatchObject({ exit: 0 });
    const back = /to take it back: (.*)$/m.exec(landed.stdout)![1]!;
    execFileSync('bash', ['-c', back], { env: scratch.env });
    expect(main()).toBe(meanwhile);
    expect(existsSync(join(scratch.repo, 'two.txt'))).toBe(false);
  }, 60_000);

  it('one that conflicts stops all, with whom and where; --partial lands the others', async () => {
    branch('feature/task-001', { 'list.txt': 'one\nb\nc\n' });
    branch('feature/task-002', { 'list.txt': 'two\nb\nc\n' });
    branch('feature/task-003', { 'three.txt': '3' });
    scratch.git('switch', '-q', 'feature/task-003');
    scratch.git('commit', '-q', '--amend', '--no-edit', '--author', 'Bea <bea@example.org>');
    scratch.git('switch', '-q', 'main');
    branch('feature/task-004', { 'sum.txt': 'theirs\n' });
    scratch.commit('meanwhile', { 'sum.txt': 'mine\n' });
    const before = checkoutState(scratch);
    const stopped = await land();
    expect(stopped).toMatchObject({ exit: 6 });
    expect(stopped.stdout).toContain('✗ feature/task-002  conflicts with feature/task-001: list.txt');
    expect(stopped.stdout).toContain('✗ feature/task-004  conflicts with main: sum.txt');
    expect(stopped.stdout).toContain('not all of these can land; nothing was changed');
    expect(stopped.stdout).toContain("or land the rest: copse integrate --branches 'feature/task-*' --partial");
    expect(checkoutState(scratch)).toEqual(before);

    const partial = await json('--partial', '--squash', '--report', '../report.md');
    expect(readFileSync(join(scratch.root, 'report.md'), 'utf8')).toMatch(
      /## Notes[\s\S]*conflicts with feature\/task-001: list\.txt[\s\S]*### Must Fix\n\n- feature\/task-002 \(feat: feature\/task-002\) is failed: /,
    );
    expect(partial).toMatchObject({ ok: false, landing: { landed: true, how: 'squash' } });
    expect(partial.branches.map(({ name, outcome }: Row) => [name, outcome.is])).toEqual([
      ['feature/task-001', 'merged'],
      ['feature/task-002', 'conflict'],
      ['feature/task-003', 'merged'],
      ['feature/task-004', 'conflict'],
    ]);
    expect(scratch.git('log', '-1', '--format=%B')).toBe(
      'Merge feature/task-*\n\n- feature/task-003\n- feature/task-001\n\nCo-authored-by: Bea <bea@example.org>',
    );
    expect(scratch.git('show', 'main:list.txt')).toBe('one\nb\nc');
  }, 60_000);

  it('one that was built on another lands behind it, or not at all', async () => {
    branch('feature/task-001', { 'list.txt': 'one\nb\nc\n' });
    branch('feature/task-002', { 'list.txt': 'one\ntwo\nc\n' }, 'feature/task-001');
    scratch.git('branch', 'feature/task-003', 'feature/task-002');
    const { branches } = await json('--dry-run');
    expect(branches.map(({ name, outcome }: Row) => [name, outcome.is])).toEqual([
      ['feature/task-003', 'nothing-new'],
      ['feature/task-001', 'merged'],
      ['feature/task-002', 'merged'],
    ]);
    scratch.commit('meanwhile', { 'list.txt': 'mine\nb\nc\n' });
    const partial = await land('--partial');
    expect(partial).toMatchObject({ exit: 6 });
    expect(partial.stdout).toContain('✗ feature/task-001  conflicts with main: list.txt');
    expect(partial.stdout).toContain('feature/task-002  left out: it needs feature/task-001');
    expect(partial.stdout).toContain('feature/task-003  left out: it needs feature/task-002');
  }, 60_000);

  it('checks run on what all of them make; the one that breaks them is found, and named', async () => {
    const check =
      'set -- $(cat n*.txt | sort -n); [ "$(cat n*.txt | sort | uniq -d)" = "" ] || { echo "twice"; exit 1; }';
    scratch.commit('checks', {
      'copse.config.json': JSON.stringify({ checks: [{ name: 'numbers', command: check, parser: 'none' }] }),
    });
    for (const n of [1, 2, 3, 4, 5]) branch(`feature/task-00${n}`, { [`n${n}.txt`]: `${n === 5 ? 2 : n}\n` });
    const before = main();
    const red = await land();
    expect(red).toMatchObject({ exit: 6 });
    expect(red.stdout).toMatch(/✗ numbers: .*\nthe merged tree does not pass; nothing was changed/);
    expect(main()).toBe(before);
    const partial = await land('--partial');
    expect(partial).toMatchObject({ exit: 1 });
    expect(partial.stdout).toMatch(/✗ feature\/task-005 {2}left out: .*feature\/task-002/);
    expect(partial.stdout).toContain('4 of 5 branches landed on main');
    expect(scratch.git('ls-tree', '--name-only', 'main', 'n5.txt', 'n4.txt')).toBe('n4.txt');
    expect(await land('--checks', 'skip')).toMatchObject({ exit: 0 });
    expect(scratch.git('ls-tree', '--name-only', 'main', 'n5.txt')).toBe('n5.txt');
  }, 120_000);

  it('what conflicted with one that checks leave out gets its turn', async () => {
    const checks = [{ name: 'no bad', command: '! grep -q bad list.txt', parser: 'none' }];
    scratch.commit('checks', { 'copse.config.json': JSON.stringify({ checks }) });
    branch('feature/task-001', { 'list.txt': 'bad\nb\nc\n' });
    branch('feature/task-002', { 'list.txt': 'good\nb\nc\n' });
    branch('feature/task-003', { 'list.txt': 'better\nb\nc\n' });
    const { branches } = await json('--partial');
    expect(branches.map(({ name, outcome }: Row) => [name, outcome.is])).toEqual([
      ['feature/task-001', 'red'],
      ['feature/task-002', 'merged'],
      ['feature/task-003', 'conflict'],
    ]);
    expect(scratch.git('show', 'main:list.txt')).toBe('good\nb\nc');
  }, 60_000);

  it('refuses what names nothing, what may be meant otherwise, and a checkout in which something would get lost', async () => {
    scratch.git('update-ref', 'refs/remotes/origin/feature/task-001', base);
    expect(await land()).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("copse integrate --branches 'refs/remotes/origin/feature/task-*'"),
    });
    expect(await copse('integrate', '--branches', 'main')).toMatchObject({ exit: 2 });
    expect(await copse('integrate', '--branches', 'x', '--undo')).toMatchObject({ exit: 2 });
    expect(await copse('integrate', '--report', 'x.md')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('copse report -o FILE'),
    });
    branch('feature/task-001', { 'list.txt': 'one\nb\nc\n' });
    expect(await land('--into', 'gone')).toMatchObject({ exit: 2, stderr: expect.stringContaining('no branch gone') });
    expect(await copse('integrate', 'TS-0009', '--branches', 'feature/*')).toMatchObject({ exit: 2 });
    scratch.write('list.txt', 'changed\n');
    const before = checkoutState(scratch);
    const dirty = await land();
    expect(dirty).toMatchObject({ exit: 4 });
    expect(dirty.stdout).toContain('✗ list.txt');
    expect(checkoutState(scratch)).toEqual(before);
    scratch.git('checkout', '-q', '--detach');
    expect(await land()).toMatchObject({ exit: 2, stderr: expect.stringContaining('HEAD is detached') });
    scratch.git('checkout', '-q', '--', '.');
    expect(await land('--into', 'main')).toMatchObject({ exit: 0 });
  }, 60_000);
});

describe('with a plan', () => {
  const NAME = 'TS-0042-shop';
  const withPlan = (...argv: string[]) => land(NAME, ...argv);
  const inPlan = (name: string) => readFileSync(join(scratch.repo, 'parallel', NAME, name), 'utf8');
  beforeEach(() => {
    scratchPlan(scratch, {
      name: NAME,
      tasks: [
        { id: 'task-001', create: ['one.txt'], boundary: ['list.txt'] },
        { id: 'task-002', create: ['two.txt'], deps: ['task-001'], wave: 2 },
        { id: 'task-003', create: ['three.txt'] },
      ],
      validation: { 2: 'test -f one.txt -a -f two.txt' },
    });
  });

  it('holds each branch to the scope of its task, runs validations, and writes the report of the plan', async () => {
    branch('feature/task-001', { 'one.txt': '1\n' });
    branch('bea/task-002-orders', { 'two.txt': '2\n' }, 'feature/task-001');
    branch('feature/task-003', { 'three.txt': '3\n' });
    const partly = await copse('integrate', NAME, '--branches', 'feature/task-001');
    expect(partly).toMatchObject({ exit: 6 });
    expect(partly.stdout).toContain('no branch is about task-003, task-002; nothing was changed');
    const landed = await withPlan('--branches', 'bea/*');
    expect(landed, landed.stdout).toMatchObject({ exit: 0 });
    expect(landed.stdout).toContain('✓ bea/task-002-orders  (task-002)  merges');
    expect(landed.stderr).toContain('wave 2: test -f one.txt');
    expect(
      scratch
        .git('log', '--format=%(trailers:key=Copse-Task,valueonly)', '--merges', 'main')
        .split('\n')
        .filter(Boolean)
        .sort(),
    ).toEqual(['task-001', 'task-002', 'task-003'].map((id) => `${NAME}/${id}`));
    const report = JSON.parse(inPlan('report.json'));
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    expect(report).toMatchObject({
      plan: NAME,
      landed: { target: 'main' },
      checks: { branch_merge: { result: 'passed' }, boundary_violations: { result: 'passed' } },
      waves: [{ number: 1 }, { number: 2, result: 'passed' }],
    });
    expect(inPlan('integration-report.md')).toContain('**Tasks Integrated**: 3/3');
    expect(JSON.parse(inPlan('manifest.json')).integration).toMatchObject({ status: 'completed' });
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(false);
  }, 60_000);

  it('one that oversteps stops all, with the file and the task; what depends on it is left out with it', async () => {
    branch('feature/task-001', { 'one.txt': '1\n', 'list.txt': 'mine\n' });
    branch('feature/task-002', { 'two.txt': '2\n' });
    branch('feature/task-003', { 'three.txt': '3\n' });
    const before = main();
    const stopped = await withPlan();
    expect(stopped).toMatchObject({ exit: 6 });
    expect(stopped.stdout).toMatch(/✗ feature\/task-001 {2}\(task-001\) {2}.*list\.txt/);
    expect(main()).toBe(before);
    expect(inPlan('integration-report.md')).toMatch(/## Boundary Violations[\s\S]*\| task-001 \| list\.txt/);
    const partial = await withPlan('--partial');
    expect(partial, partial.stdout).toMatchObject({ exit: 1 });
    expect(partial.stdout).toContain('feature/task-002  (task-002)  left out: it needs feature/task-001');
    expect(scratch.git('ls-tree', '--name-only', 'main', 'one.txt', 'two.txt', 'three.txt')).toBe('three.txt');
    expect(JSON.parse(inPlan('manifest.json')).integration).toBeUndefined();
  }, 60_000);

  it('an interrupt while a validation runs ends that, and nothing lands', async () => {
    const fifo = join(scratch.root, 'validating');
    execFileSync('mkfifo', [fifo]);
    const validation = { 1: `echo begun > '${fifo}'; sleep 600` };
    scratchPlan(scratch, { name: 'TS-0043-held', tasks: [{ id: 'task-001', create: ['one.txt'] }], validation });
    branch('feature/task-001', { 'one.txt': '1\n' });
    const before = main();
    const stop = new AbortController();
    const argv = ['integrate', 'TS-0043-held', '--branches', 'feature/task-*'];
    const run = runCli(argv, { cwd: scratch.repo, env: scratch.env, signal: stop.signal });
    await readFile(fifo);
    stop.abort('SIGINT');
    expect(await run).toMatchObject({ exit: 130, stderr: expect.stringContaining('nothing was changed') });
    expect(main()).toBe(before);
  }, 60_000);

  it('two branches of one task are refused', async () => {
    branch('feature/task-001', { 'one.txt': '1\n' });
    branch('feature/task-001-again', { 'one.txt': '2\n' });
    expect(await withPlan()).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('feature/task-001, feature/task-001-again are all about task-001'),
    });
  }, 60_000);
});
