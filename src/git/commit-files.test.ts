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
