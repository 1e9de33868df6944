import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import type { Candidate } from './land.ts';
import { landGated, type Verdict } from './land-gated.ts';

let scratch: Scratch;
let base: string;
const REF = 'refs/heads/copse/p';
const never = new AbortController().signal;

beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'a\n' });
  base = scratch.git('rev-parse', 'HEAD');
  scratch.git('branch', 'copse/p');
});
afterEach(() => scratch.remove());

function candidate(task: string, files: Record<string, string>): Candidate {
  scratch.git('checkout', '-q', '--detach', base);
  const head = scratch.commit(task, files);
  scratch.git('checkout', '-q', 'main');
  return { task, head, base, plan: 'p', run: 'r1', title: task, attempt: 1 };
}

const filesOf = (commit: string) => scratch.git('ls-tree', '-r', '--name-only', commit).split('\n');
const git = () => createGit({ cwd: scratch.repo, env: scratch.env });

/** Lands these; trees that hold all files of one of `breaking` fail. Gives what was asked in which order, too. */
async function landing(candidates: Candidate[], breaking: string[][], during: (round: number) => void = () => {}) {
  const asked: string[] = [];
  const landed = await landGated<Verdict>(
    git(),
    { ref: REF, tip: base },
    {
      candidates,
      signal: never,
      async check({ commit, tasks }) {
        asked.push(tasks.join(' '));
        during(asked.length);
        expect(scratch.git('for-each-ref', '--contains', commit)).toBe('');
        const files = filesOf(commit);
        return { passes: !breaking.some((set) => set.every((file) => files.includes(file))), suspects: [] };
      },
    },
  );
  return { ...landed!, asked };
}

describe('landing through a gate', () => {
  const four = () => ['t1', 't2', 't3', 't4'].map((task) => candidate(task, { [`${task}.txt`]: task }));

  it('is one run and one move of the branch when all pass', async () => {
    const { landings, culprits, commit, asked } = await landing(four(), []);
    expect(asked).toEqual(['t1 t2 t3 t4']);
    expect(culprits).toEqual([]);
    expect(landings.map(({ task, landed }) => [task, landed])).toEqual(four().map(({ task }) => [task, true]));
    expect(scratch.git('rev-parse', REF)).toBe(commit);
    expect(readFileSync(`${scratch.repo}/.git/logs/${REF}`, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('leaves out who breaks it, alone or with others, and lands the rest as it was checked', async () => {
    const { landings, culprits, asked } = await landing(four(), [['t2.txt'], ['t1.txt', 't4.txt']]);
    expect(culprits.map(({ task, with: others }) => [task, others])).toEqual([
      ['t2', []],
      ['t4', ['t1']],
    ]);
    expect(landings.map(({ task }) => task)).toEqual(['t1', 't3']);
    expect(filesOf(REF)).toEqual(['a.txt', 't1.txt', 't3.txt']);
    expect(asked).toContain('t1 t3');
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('moves nothing when nobody passes', async () => {
    const { landings, culprits, commit } = await landing([candidate('t1', { 'x.txt': 'x' })], [['x.txt']]);
    expect([landings, culprits.length, commit]).toEqual([[], 1, base]);
    expect(scratch.git('rev-parse', REF)).toBe(base);
  });

  it('who conflicted with a culprit lands in its place', async () => {
    const some = [
      candidate('t1', { 'a.txt': 'one\n', 'bad.txt': '' }),
      candidate('t2', { 'a.txt': 'two\n' }),
      candidate('t3', { 'a.txt': 'three\n' }),
    ];
    const { landings, culprits } = await landing(some, [['bad.txt']]);
    expect(culprits.map(({ task }) => task)).toEqual(['t1']);
    expect(landings).toMatchObject([
      { task: 't2', landed: true },
      { task: 't3', landed: false, why: 'conflict', paths: ['a.txt'], onto: scratch.git('rev-parse', REF) },
    ]);
  });

  it('checks again on top of what a person committed to the branch meanwhile', async () => {
    const theirs = candidate('theirs', { 'theirs.txt': '' }).head;
    const { landings, culprits, asked, onto } = await landing(four(), [['theirs.txt', 't3.txt']], (round) => {
      if (round === 1) scratch.git('update-ref', REF, theirs);
    });
    expect(asked.slice(0, 2)).toEqual(['t1 t2 t3 t4', 't1 t2 t3 t4']);
    expect(onto).toBe(theirs);
    expect(culprits.map(({ task }) => task)).toEqual(['t3']);
    expect(landings).toHaveLength(3);
    expect(filesOf(REF)).toEqual(['a.txt', 't1.txt', 't2.txt', 't4.txt', 'theirs.txt']);
  });

  it('refuses a branch that was rewritten', async () => {
    const other = scratch.git('commit-tree', '-m', 'other', `${base}^{tree}`);
    const { landings } = await landing(four(), [], () => scratch.git('update-ref', REF, other));
    expect(landings.every((each) => !each.landed && each.why === 'rewritten')).toBe(true);
    expect(scratch.git('rev-parse', REF)).toBe(other);
  });

  it('stopped in the middle it has landed nothing; what breaks for another reason is a bug', async () => {
    const stop = new AbortController();
    const check = async () => {
      throw new Error('ended');
    };
    const gate = { candidates: four(), signal: stop.signal, check };
    await expect(landGated(git(), { ref: REF, tip: base }, gate)).rejects.toThrow('ended');
    stop.abort();
    expect(await landGated(git(), { ref: REF, tip: base }, gate)).toBeNull();
    expect(scratch.git('rev-parse', REF)).toBe(base);
  });
});
