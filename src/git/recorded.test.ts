import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fingerprint } from '../../test/rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { recordedMerge } from './recorded.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'a/one.txt': 'base\n', 'two.txt': 'base\n', 'three.txt': 'base\n' });
});
afterEach(() => scratch.remove());

/** A commit on the first one with these files; `null` removes one. */
function side(files: Record<string, string | null>): string {
  scratch.git('checkout', '-q', '--detach', 'main');
  for (const [path, text] of Object.entries(files)) if (text === null) scratch.git('rm', '-q', path);
  const texts = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null);
  const oid = scratch.commit('side', Object.fromEntries(texts));
  scratch.git('checkout', '-q', 'main');
  return oid;
}

/** Merges two commits as a person does who resolves to these files. */
function resolve(ours: string, theirs: string, files: Record<string, string>): void {
  scratch.git('checkout', '-q', '--detach', ours);
  try {
    scratch.git('merge', theirs);
  } catch {
    // in conflict, as it should be
  }
  scratch.commit('resolved', files);
  scratch.git('checkout', '-q', 'main');
}

const recorded = (ours: string, theirs: string) =>
  recordedMerge(createGit({ cwd: scratch.repo, env: scratch.env }), join(scratch.repo, '.git'), { ours, theirs });
/** All but what git itself notes of a resolution that it looked up. */
const traces = () => fingerprint(scratch).filter((entry) => !entry.includes('/thisimage '));
const rerere = () => mkdirSync(join(scratch.repo, '.git/rr-cache'), { recursive: true });

it('merges as it was resolved before, also with other changes beside it, and leaves no trace', async () => {
  rerere();
  resolve(side({ 'a/one.txt': 'x\n', 'two.txt': 'p\n' }), side({ 'a/one.txt': 'y\n', 'two.txt': 'q\n' }), {
    'a/one.txt': 'x and y\n',
    'two.txt': 'q then p\n',
  });
  const ours = side({ 'a/one.txt': 'x\n', 'two.txt': 'p\n', 'new.txt': 'ours\n' });
  const theirs = side({ 'a/one.txt': 'y\n', 'two.txt': 'q\n', 'three.txt': 'theirs\n' });
  const before = traces();
  const found = await recorded(ours, theirs);
  expect(traces()).toEqual(before);
  expect(found?.paths).toEqual(['a/one.txt', 'two.txt']);
  const shown = (path: string) => scratch.git('show', `${found!.tree}:${path}`);
  expect(['a/one.txt', 'two.txt', 'three.txt', 'new.txt'].map(shown)).toEqual([
    'x and y',
    'q then p',
    'theirs',
    'ours',
  ]);
  expect(await recorded(theirs, ours)).not.toBeNull();
});

it.each<[string, Record<string, string | null>, Record<string, string | null>]>([
  ['was never seen', { 'two.txt': 'r\n' }, { 'two.txt': 's\n' }],
  ['is one of two', { 'a/one.txt': 'x\n', 'two.txt': 'p\n' }, { 'a/one.txt': 'y\n', 'two.txt': 'q\n' }],
  ['is one of a whole file', { 'a/one.txt': 'x\n', 'two.txt': null }, { 'a/one.txt': 'y\n', 'two.txt': 'q\n' }],
])('gives nothing for a conflict that %s, and records none', async (_, ours, theirs) => {
  rerere();
  resolve(side({ 'a/one.txt': 'x\n' }), side({ 'a/one.txt': 'y\n' }), { 'a/one.txt': 'x and y\n' });
  const [a, b] = [side(ours), side(theirs)];
  const before = traces();
  expect(await recorded(a, b)).toBeNull();
  expect(traces()).toEqual(before);
});

it('gives nothing where the repository does not use it', async () => {
  rerere();
  const [ours, theirs] = [side({ 'two.txt': 'x\n' }), side({ 'two.txt': 'y\n' })];
  resolve(ours, theirs, { 'two.txt': 'x and y\n' });
  expect(readdirSync(join(scratch.repo, '.git/rr-cache'))).toHaveLength(1);
  scratch.git('config', 'rerere.enabled', 'false');
  expect(await recorded(ours, theirs)).toBeNull();
});
