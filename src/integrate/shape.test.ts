import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit, type Git } from '../git/git.ts';
import { type LandingWish, shapeLanding } from './shape.ts';

let scratch: Scratch;
let git: Git;
let base: string;
beforeEach(() => {
  scratch = scratchRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  git = createGit({ cwd: scratch.repo, env: scratch.env });
  base = scratch.git('rev-parse', 'HEAD');
  scratch.git('switch', '-q', '--detach');
});
afterEach(() => scratch.remove());

/** A commit on top of HEAD by somebody, in 2001; null deletes. */
function commit(message: string, files: Record<string, string | null>, who = 'Bea <bea@example.org>'): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(scratch.repo, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
  }
  scratch.git('add', '-A');
  scratch.git(
    'commit',
    '-q',
    '--allow-empty',
    '--cleanup=verbatim',
    '-m',
    message,
    '--author',
    who,
    '--date=2001-02-03T04:05:06+0700',
  );
  return scratch.git('rev-parse', 'HEAD');
}
/** The same on another commit. */
function on(commitish: string, ...commits: [string, Record<string, string | null>][]): string {
  scratch.git('checkout', '-q', '--detach', commitish);
  for (const [message, files] of commits) commit(message, files);
  return scratch.git('rev-parse', 'HEAD');
}
/** What landing tasks makes: merge commits one after another. */
function merged(onto: string, ...heads: string[]): string {
  scratch.git('checkout', '-q', '--detach', onto);
  for (const head of heads) scratch.git('merge', '-q', '--no-ff', '-m', `Merge ${head}`, head);
  return scratch.git('rev-parse', 'HEAD');
}

const shape = (wish: Partial<LandingWish> & { from: string; tip: string }) =>
  shapeLanding(git, { message: 'Plan\n\nCopse-Run: r\n', ...wish });
async function made(wish: Partial<LandingWish> & { from: string; tip: string }): Promise<string> {
  const shaped = await shape(wish);
  if (shaped.is !== 'made') throw new Error(JSON.stringify(shaped));
  return shaped.to;
}
const tree = (commitish: string) => scratch.git('rev-parse', `${commitish}^{tree}`);
const log = (range: string, format = '%an|%ad|%cn|%B') =>
  scratch.git('log', '--reverse', '--date=raw', `--format=${format}`, range);
/** The merge that git itself would make. */
function treeOfMerge(from: string, tip: string): string {
  return tree(merged(from, tip));
}

describe('shapeLanding', () => {
  it('fast-forwards by default, and makes a merge commit when told, or when the target moved on', async () => {
    const tip = merged(base, on(base, ['one', { 'one.txt': '1' }]));
    expect(await shape({ from: base, tip })).toEqual({ is: 'made', how: 'fast-forward', to: tip });
    const merge = await made({ from: base, tip, style: 'merge' });
    expect(log(`${merge}^!`, '%P|%T|%s')).toBe(`${base} ${tip}|${tree(tip)}|Plan`);
    const moved = on(base, ['meanwhile', { 'a.txt': 'mine\n' }]);
    expect(await shape({ from: moved, tip })).toMatchObject({ is: 'made', how: 'merge' });
    expect(await shape({ from: tip, tip, style: 'merge' })).toEqual({ is: 'there' });
  });

  it('squash: one commit on the target, with the tree of the merge', async () => {
    const tip = merged(base, on(base, ['one', { 'one.txt': '1' }]), on(base, ['two', { 'b.txt': null }]));
    const from = on(base, ['meanwhile', { 'a.txt': 'mine\n' }]);
    const to = await made({ from, tip, style: 'squash' });
    expect(log(`${to}^!`, '%P|%an|%B')).toBe(`${from}|Ada|Plan\n\nCopse-Run: r`);
    expect(tree(to)).toBe(treeOfMerge(from, tip));
  });

  it('rebase: the commits in a line, each as it was, without merges and without what changes nothing', async () => {
    const odd = 'two: ä\n\n  indented\n\nSigned-off-by: Bea <bea@example.org>\n\n';
    const one = on(base, ['one', { 'one.txt': '1' }], ['nothing', {}]);
    const tip = merged(base, one, on(base, [odd, { 'two.txt': '2' }], ['three', { 'b.txt': 'c\n' }]));
    const from = on(base, ['meanwhile', { 'a.txt': 'mine\n' }]);
    const to = await made({ from, tip, style: 'rebase' });
    expect(log(`${from}..${to}`)).toBe(
      ['one\n', odd, 'three\n']
        .map((message) => `Bea|981147906 +0700|Ada|${message}`)
        .join('\n')
        .trimEnd(),
    );
    expect(
      log(`${from}..${to}`, '%P')
        .split('\n')
        .every((parents) => parents.length === 40),
    ).toBe(true);
    expect(tree(to)).toBe(treeOfMerge(from, tip));
  });

  it('rebase keeps what is in a line already', async () => {
    const one = on(base, ['one', { 'one.txt': '1' }]);
    const tip = merged(base, one, on(base, ['two', { 'two.txt': '2' }]));
    const to = await made({ from: base, tip, style: 'rebase' });
    expect(scratch.git('rev-parse', `${to}^`)).toBe(one);
    expect(await shape({ from: base, tip: one, style: 'rebase' })).toEqual({ is: 'made', how: 'rebase', to: one });
  });

  it('rebase is refused when a merge holds a resolution, or a commit does not go on top', async () => {
    const [one, two] = [on(base, ['one', { 'a.txt': 'one\n' }]), on(base, ['two', { 'a.txt': 'two\n' }])];
    scratch.git('checkout', '-q', '--detach', merged(base, one));
    expect(() => scratch.git('merge', '-q', '--no-ff', two)).toThrow();
    scratch.write('a.txt', 'both\n');
    const tip = commit('Merge two', {});
    expect(await shape({ from: base, tip, style: 'rebase' })).toMatchObject({
      is: 'not-linear',
      commit: { oid: two, subject: 'two' },
      paths: ['a.txt'],
    });
    // A merge that did more than merge.
    scratch.git('checkout', '-q', '--detach', base);
    scratch.git('merge', '-q', '--no-ff', '--no-commit', one);
    const evil = commit('Merge one', { 'extra.txt': 'x' });
    expect(await shape({ from: base, tip: evil, style: 'rebase' })).toEqual({
      is: 'not-linear',
      commit: null,
      paths: ['extra.txt'],
      messages: [],
    });
    expect(await shape({ from: base, tip: evil, style: 'squash' })).toMatchObject({ is: 'made' });
  });

  it('a conflict is data in every style', async () => {
    const tip = on(base, ['one', { 'a.txt': 'one\n' }]);
    const from = on(base, ['mine', { 'a.txt': 'mine\n' }]);
    for (const style of [undefined, 'squash', 'merge', 'rebase'] as const) {
      expect(await shape({ from, tip, style })).toMatchObject({ is: 'conflict', paths: ['a.txt'] });
    }
  });

  it.each(['squash', 'rebase'] as const)(
    '%s again: only what is new, also where it goes on with what has landed',
    async (style) => {
      const first = merged(base, on(base, ['one', { 'new.txt': '1\n' }]));
      const to = await made({ from: on(base, ['before', { 'b.txt': 'mine\n' }]), tip: first, style });
      const earlier = { tip: first, to };
      expect(await shape({ from: to, tip: first, style, earlier })).toEqual({ is: 'there' });
      // Without the record, the trees tell.
      expect(await shape({ from: to, tip: first, style })).toEqual({ is: 'there' });
      expect(await shape({ from: to, tip: first })).toEqual({ is: 'there' });
      // Both sides made the file: without the record that is a conflict.
      const tip = merged(first, on(first, ['two', { 'new.txt': '2\n' }]));
      const from = on(to, ['meanwhile', { 'a.txt': 'mine\n' }]);
      expect(await shape({ from, tip, style })).toMatchObject({ is: 'conflict' });
      const again = await made({ from, tip, style, earlier });
      expect(log(`${from}..${again}`, '%P|%s')).toBe(`${from}|${style === 'squash' ? 'Plan' : 'two'}`);
      expect(scratch.git('show', `${again}:new.txt`, `${again}:a.txt`)).toBe('2\nmine');
      // Undone by hand: the target does not have it any more, the record says nothing.
      expect(await shape({ from: base, tip: first, style, earlier })).toMatchObject({ is: 'made' });
    },
  );
});
