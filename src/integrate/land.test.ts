import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { type LandRequest, land, landMany } from './land.ts';

let scratch: Scratch;
const REF = 'refs/heads/copse/p';

beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'one\ntwo\nthree\n', 'b.txt': 'b\n' });
  scratch.git('branch', 'copse/p');
});
afterEach(() => scratch.remove());

/** A branch off main with these files; leaves the checkout on main. */
function branch(name: string, files: Record<string, string>, from = 'main'): string {
  scratch.git('checkout', '-q', '-b', name, from);
  const oid = scratch.commit(`work on ${name}`, files);
  scratch.git('checkout', '-q', 'main');
  return oid;
}

const git = () => createGit({ cwd: scratch.repo, env: scratch.env });
const request = (task: string, head: string, tip = scratch.git('rev-parse', REF)): LandRequest => ({
  ref: REF,
  tip,
  head,
  plan: 'p',
  run: 'r1',
  task,
  title: `Title of\n${task}`,
  attempt: 1,
});

describe('land', () => {
  it('merges in memory: branch moved, trailers written, checkout untouched', async () => {
    const head = branch('feature/t1', { 'new.txt': 'new\n' });
    const before = scratch.git('status', '--porcelain', '-uall') + scratch.git('rev-parse', 'HEAD');
    const landed = await land(git(), request('t1', head));
    expect(landed).toMatchObject({ landed: true });
    expect(scratch.git('log', '-1', '--format=%B', REF)).toBe(
      'Merge t1: Title of t1\n\nCopse-Task: p/t1\nCopse-Run: r1\nCopse-Attempt: 1',
    );
    expect(scratch.git('log', '-1', '--format=%(trailers:key=Copse-Task,valueonly)', REF).trim()).toBe('p/t1');
    expect(scratch.git('show', `${REF}:new.txt`)).toBe('new');
    expect(scratch.git('status', '--porcelain', '-uall') + scratch.git('rev-parse', 'HEAD')).toBe(before);
  });

  it('gives a conflict as data and moves nothing', async () => {
    const one = branch('feature/t1', { 'a.txt': 'ONE\ntwo\nthree\n' });
    const two = branch('feature/t2', { 'a.txt': 'uno\ntwo\nthree\n', 'c.txt': 'c\n' });
    await land(git(), request('t1', one));
    const tip = scratch.git('rev-parse', REF);
    expect(await land(git(), request('t2', two))).toMatchObject({
      landed: false,
      why: 'conflict',
      paths: ['a.txt'],
      onto: tip,
    });
    expect(scratch.git('rev-parse', REF)).toBe(tip);
  });

  it('lands once when asked again after a crash before the event was written', async () => {
    const head = branch('feature/t1', { 'new.txt': 'new\n' });
    const asked = request('t1', head);
    const first = await land(git(), asked);
    const second = await land(git(), asked);
    expect(second).toEqual(first);
    expect(scratch.git('rev-list', '--count', `main..${REF}`)).toBe('2');
  });

  it('goes on top of commits that a person made on the integration branch', async () => {
    const head = branch('feature/t1', { 'new.txt': 'new\n' });
    const asked = request('t1', head);
    const fix = branch('fix', { 'fix.txt': 'fix\n' });
    scratch.git('update-ref', REF, fix);
    expect(await land(git(), asked)).toMatchObject({ landed: true, onto: fix });
    expect(scratch.git('show', `${REF}:fix.txt`)).toBe('fix');
  });

  it('refuses a branch that was rewritten', async () => {
    const head = branch('feature/t1', { 'new.txt': 'new\n' });
    const tip = branch('was', { 'was.txt': 'x\n' });
    const other = branch('other', { 'other.txt': 'x\n' });
    scratch.git('update-ref', REF, other);
    expect(await land(git(), request('t1', head, tip))).toEqual({ landed: false, why: 'rewritten', actual: other });
    expect(scratch.git('rev-parse', REF)).toBe(other);
  });

  it('several at once all land', async () => {
    const heads = ['t1', 't2', 't3'].map(
      (task) => [task, branch(`feature/${task}`, { [`${task}.txt`]: task })] as const,
    );
    const tip = scratch.git('rev-parse', REF);
    const all = await Promise.all(heads.map(([task, head]) => land(git(), request(task, head, tip))));
    expect(all.every((each) => each.landed)).toBe(true);
    expect(scratch.git('ls-tree', '--name-only', REF).split('\n')).toEqual([
      'a.txt',
      'b.txt',
      't1.txt',
      't2.txt',
      't3.txt',
    ]);
  });
});

describe('landMany', () => {
  const some = (heads: Record<string, string>) =>
    Object.entries(heads).map(([task, head]) => {
      const { ref, tip, ...rest } = request(task, head);
      return { ...rest, base: scratch.git('rev-parse', 'main') };
    });

  it.each([
    ['a few', []],
    ['many', ['t5', 't6', 't7']],
  ])('makes the history that landing one by one makes: %s', async (_, more) => {
    const heads: Record<string, string> = {
      t1: branch('feature/t1', { 'one.txt': '1' }),
      t2: branch('feature/t2', { 'a.txt': 'ONE\ntwo\nthree\n' }),
      t3: branch('feature/t3', { 'a.txt': 'uno\ntwo\nthree\n' }),
      t4: branch('feature/t4', { 'a.txt': 'one\ntwo\nTHREE\n', 'two.txt': '2' }),
    };
    for (const task of more) heads[task] = branch(`feature/${task}`, { [`${task}.txt`]: '1' });
    const start = scratch.git('rev-parse', REF);
    const together = await landMany(git(), { ref: REF, tip: start }, some(heads));
    const history = () => scratch.git('log', '--first-parent', '--format=%T %B', `${start}..${REF}`);
    const made = history();
    // Those that touch files of their own come first.
    expect(together.map(({ task }) => task)).toEqual(['t1', ...more, 't2', 't3', 't4']);
    expect(together.map(({ landed }) => landed)).toEqual([true, ...more.map(() => true), true, false, true]);
    expect(together[2 + more.length]).toMatchObject({
      why: 'conflict',
      paths: ['a.txt'],
      onto: scratch.git('rev-parse', `${REF}~1`),
    });
    scratch.git('update-ref', REF, start);
    for (const { task } of together) await land(git(), request(task, heads[task]!));
    expect(history()).toBe(made);
  });

  it.each([
    ['a few', 0],
    ['many', 4],
  ])('lands as many as possible where some conflict with several others: %s', async (_, more) => {
    const heads: Record<string, string> = {
      t1: branch('feature/t1', { 'a.txt': 'ONE\ntwo\nthree\n', 'b.txt': 'B\n' }),
      t2: branch('feature/t2', { 'a.txt': 'uno\ntwo\nthree\n' }),
      t3: branch('feature/t3', { 'b.txt': 'beta\n' }),
    };
    for (let n = 4; n < 4 + more; n++) heads[`t${n}`] = branch(`feature/t${n}`, { [`t${n}.txt`]: '1' });
    const landed = await landMany(git(), { ref: REF, tip: scratch.git('rev-parse', REF) }, some(heads));
    expect(landed.filter((each) => !each.landed).map(({ task }) => task)).toEqual(['t1']);
    expect(landed.at(-1)).toMatchObject({ task: 't1', why: 'conflict', onto: scratch.git('rev-parse', REF) });
  });

  it('lands once when asked again, and on top of what others landed meanwhile', async () => {
    const tip = scratch.git('rev-parse', REF);
    const heads = { t1: branch('feature/t1', { 'one.txt': '1' }), t2: branch('feature/t2', { 'two.txt': '2' }) };
    const first = await landMany(git(), { ref: REF, tip }, some(heads));
    const again = await landMany(
      git(),
      { ref: REF, tip },
      some({ ...heads, t3: branch('feature/t3', { 'three.txt': '3' }) }),
    );
    expect(again.slice(0, 2).map((each) => each.landed && each.commit)).toEqual(
      first.map((each) => each.landed && each.commit),
    );
    expect(again[2]).toMatchObject({ landed: true });
    expect(scratch.git('rev-list', '--count', '--first-parent', `${tip}..${REF}`)).toBe('3');
  });
});
