import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scratchRepository } from '../../test/rig/repository.ts';
import { commitFiles } from './commit-files.ts';
import { createGit, type Git } from './git.ts';

const LARGE = 'x'.repeat(1_100_000);

function counted(git: Git): Git & { calls: string[] } {
  const calls: string[] = [];
  const run: Git['run'] = (args, options) => {
    calls.push(args[0]!);
    return git.run(args, options);
  };
  const bytes: Git['bytes'] = (args, options) => {
    calls.push(args[0]!);
    return git.bytes(args, options);
  };
  const fields: Git['fields'] = (args, options) => {
    calls.push(args[0]!);
    return git.fields(args, options);
  };
  return { ...git, run, bytes, fields, calls };
}

it('reads the files of a commit without a checkout, those of one turn together', async () => {
  const scratch = scratchRepository();
  const commit = scratch.commit('all', {
    'src/b.py': 'router = APIRouter()\n',
    'src/ä b.py': 'APIRouter\n',
    'src/c.ts': 'APIRouter\n',
    'large.txt': LARGE,
  });
  scratch.write('src/later.py', 'APIRouter');
  const git = counted(createGit({ cwd: scratch.repo, env: scratch.env }));
  const tree = await commitFiles(git, commit);
  expect(tree.files()).toEqual(['README.md', 'large.txt', 'src/b.py', 'src/c.ts', 'src/ä b.py']);
  const wanted = ['src/b.py', 'src/ä b.py', 'src/none.py', 'src/later.py', 'src'];
  expect(await Promise.all(wanted.map((path) => tree.read(path)))).toEqual([
    'router = APIRouter()\n',
    'APIRouter\n',
    null,
    null,
    null,
  ]);
  expect(await tree.read('src/b.py')).toBe('router = APIRouter()\n');
  expect(git.calls).toEqual(['ls-tree']);
  expect(await tree.holding(['APIRouter', 'Blueprint'], ['py'])).toEqual(['src/b.py', 'src/ä b.py']);
  expect(await tree.holding(['Blueprint'], ['py'])).toEqual([]);
  expect(git.calls).toEqual(['ls-tree', 'grep', 'grep']);
  scratch.remove();
});

it('of commits that differ in little only that is asked for, and it is what git finds', async () => {
  const scratch = scratchRepository();
  const path = fc.constantFrom('a.py', 'b.py', 'x/a.py', 'x/y/b.py', 'x.ts', 'x/link.py');
  const text = fc.constantFrom('APIRouter\n', 'nothing\n', 'a\0APIRouter', 'Blueprint\n', null);
  const steps = fc.sample(fc.array(fc.tuple(path, text), { minLength: 1, maxLength: 3 }), { numRuns: 12, seed: 7 });
  const commits = steps.map((step, n) => {
    for (const [file, content] of step) {
      if (content === null) rmSync(join(scratch.repo, file), { force: true });
      else scratch.write(file, content);
    }
    return scratch.commit(`step ${n}`);
  });
  const git = counted(createGit({ cwd: scratch.repo, env: scratch.env }));
  const said = async (each: Git, commit: string) => {
    const tree = await commitFiles(each, commit);
    return [tree.files(), await tree.holding(['APIRouter', 'Blueprint'], ['py']), await tree.holding(['R'], ['ts'])];
  };
  const order = [...commits, ...[...commits].reverse(), commits[3]!];
  await said(git, order[0]!);
  git.calls.length = 0;
  for (const commit of order) {
    const fresh = createGit({ cwd: scratch.repo, env: { ...scratch.env } });
    expect(await said(git, commit)).toEqual(await said(fresh, commit));
  }
  expect(git.calls.filter((call) => call !== 'grep')).toEqual([]);
  // The question about files that were not there at first.
  expect(git.calls.length).toBeLessThanOrEqual(1);
  scratch.remove();
});
