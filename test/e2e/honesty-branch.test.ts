import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../src/git/git.ts';
import { DEFAULT_JUNK } from '../../src/git/junk.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import type { Oid } from '../../src/run/event.ts';
import { createBranches } from '../../src/workspace/branch.ts';
import type { Workspaces } from '../../src/workspace/workspace.ts';
import { aTask } from '../rig/attempts.ts';
import { runCli } from '../rig/cli.ts';
import { type Judged, judgeShell, verdicts } from '../rig/judged.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { REWRITES } from '../rig/rewrites.ts';
import { scope } from '../rig/scopes.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Pattern `branch`: what agents do in the user's own checkout that is not their task. Whatever they do, the checkout is back where
// it was, clean, and nothing that they made is lost. The other rows are in honesty.test.ts: there the place makes no difference.

let scratch: Scratch;
let repository: Repository;
let base: Oid;
let workspaces: Workspaces;
const task = aTask({ scope: scope({ create: ['src/new.txt'], modify: ['src/a.txt'] }) });

beforeEach(async () => {
  scratch = scratchRepository({ 'src/a.txt': 'one\ntwo\nthree\n', 'other/o.txt': 'o\n', '.gitignore': '.env\n' });
  scratch.write('.env', 'KEY=mine\n');
  base = scratch.git('rev-parse', 'HEAD');
  repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
  workspaces = createBranches({
    repository,
    run: 'run-1',
    snapshotRef: () => 'refs/copse/snapshots/run-1/task-001',
    junk: DEFAULT_JUNK,
    never: [],
    message: () => 'feat: task-001 implementation',
  });
});
afterEach(() => scratch.remove());

function attempt(lines: string): Promise<Judged> {
  const spec = { path: scratch.repo, branch: 'feature/task-001', base };
  return judgeShell(lines, { repository, workspaces, spec, task, env: scratch.env, limit: 100_000 });
}

/** The checkout as its owner left it. */
function isBack(): void {
  expect(scratch.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  expect(scratch.git('rev-parse', 'HEAD', 'main')).toBe(`${base}\n${base}`);
  expect(scratch.git('status', '--porcelain', '-uall')).toBe('');
  expect(scratch.git('stash', 'list')).toBe('');
  for (const left of ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'rebase-merge', 'BISECT_LOG', 'copse-workspace.json']) {
    expect(existsSync(join(scratch.repo, '.git', left)), left).toBe(false);
  }
  expect(readFileSync(join(scratch.repo, '.env'), 'utf8')).toBe('KEY=mine\n');
}

/** Two sides that change one line; the second of them is checked out. */
const SIDES = `echo side > src/a.txt; git commit -qam side; git branch side; git reset -q --hard HEAD~1
echo mine > src/a.txt; git commit -qam mine`;

describe('fails, and the checkout is back', () => {
  it.each<[string, string, string, RegExp]>([
    ['touches the marker and changes nothing', 'touch .claude-task-complete', 'no-commits', /nothing to land/],
    ...REWRITES,
    ['leaves a merge half done', `${SIDES}; git merge side >/dev/null || true`, 'conflict-markers', /src\/a\.txt/],
    [
      'leaves a cherry-pick half done',
      `${SIDES}; git cherry-pick side >/dev/null 2>&1 || true`,
      'conflict-markers',
      /src\/a\.txt/,
    ],
    [
      'changes what is outside of its scope only, on no branch',
      'git checkout -q --detach; echo x > other/o.txt; git commit -qam x',
      'no-commits',
      /only other\/o\.txt/,
    ],
    [
      'configures a hook for everybody',
      'work; git config core.hooksPath ./evil',
      'repository-changed',
      /core\.hookspath/,
    ],
  ])('%s', async (_, lines, code, says) => {
    const judged = await attempt(lines);
    expect({ code: judged.code, said: judged.said }).toEqual({ code, said: expect.stringMatching(says) });
    expect(scratch.git('cat-file', '-t', judged.head)).toBe('commit');
    isBack();
  });
});

it('merges the branch of another task: nothing of it lands unjudged', async () => {
  scratch.git('worktree', 'add', '-q', '-b', 'feature/task-002', '../theirs');
  scratch.write('../theirs/other/theirs.txt', 'theirs\n');
  scratch.git('-C', '../theirs', 'add', '-A');
  scratch.git('-C', '../theirs', 'commit', '-qm', 'theirs');
  const judged = await attempt('work; git merge -q --no-edit feature/task-002');
  expect(judged.said).toBe('merged work of others that nobody has judged, from feature/task-002');
  isBack();
});

describe('is told, its work lands, and the checkout is back', () => {
  it.each<[string, string, RegExp]>([
    [
      'works on a branch of its own',
      'git checkout -qb elsewhere; work',
      /worked on elsewhere; its commits were taken over/,
    ],
    ['works on no branch', 'git checkout -q --detach; work', /worked on the detached commit/],
    ['deletes its branch', 'git checkout -q --detach; git branch -qD feature/task-001; work', /taken over/],
    ['leaves a bisection under way', 'work; git bisect start >/dev/null; git bisect bad >/dev/null', /bisect/],
  ])('%s', async (_, lines, says) => {
    const judged = await attempt(lines);
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: '' });
    expect(judged.notes.join('\n')).toMatch(says);
    expect(scratch.git('show', `${judged.head}:src/new.txt`)).toBe('new');
    expect(scratch.git('rev-parse', 'feature/task-001')).toBe(judged.head);
    isBack();
  });

  it('what it ends on that does not continue its branch is kept', async () => {
    const judged = await attempt(
      `work; git checkout -q --orphan other; echo lost > src/lost.txt; git add -A; git commit -qm lost`,
    );
    expect(judged.code).toBeNull();
    expect(judged.notes.join('\n')).toContain('does not continue feature/task-001');
    const refs = scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');
    expect(refs.some((ref) => scratch.git('ls-tree', '-r', '--name-only', ref).includes('src/lost.txt'))).toBe(true);
    isBack();
  });
});

describe('an agent that goes to the branch of its user', () => {
  const run = (...argv: string[]) =>
    runCli(['run', '--pattern', 'branch', '--retries', '0', ...argv], { cwd: scratch.repo, env: scratch.env });
  const ONTO_MAIN =
    'git checkout -q main; echo x > src/new.txt; git add -A; git commit -qm mine; echo "git checkout main; git commit"';

  it.each([
    ['warn', 0],
    ['fail', 1],
  ])('and commits there is named for it (--escape %s)', async (policy, exit) => {
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['src/new.txt'] }] }, { 'task-001': ONTO_MAIN });
    const before = scratch.git('rev-parse', 'main');
    const ran = await run('--escape', policy);
    expect(ran.exit, ran.stderr).toBe(exit);
    expect(ran.stderr).toMatch(/task-001 \(it made [0-9a-f]+, and its transcript names main\) changed main \(/);
    expect(scratch.git('rev-parse', 'main^')).toBe(before);
    expect(scratch.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(scratch.git('status', '--porcelain', '-uall')).toBe('');
  });
});
