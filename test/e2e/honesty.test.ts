import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../src/git/git.ts';
import { DEFAULT_JUNK } from '../../src/git/junk.ts';
import { openRepository, type Repository } from '../../src/git/repository.ts';
import type { Evidence, Oid } from '../../src/run/event.ts';
import { NO_SETUP } from '../../src/workspace/setup.ts';
import type { Workspaces } from '../../src/workspace/workspace.ts';
import { createWorktrees } from '../../src/workspace/worktree.ts';
import { aTask } from '../rig/attempts.ts';
import { type Judged, judgeShell, verdicts } from '../rig/judged.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { REWRITES } from '../rig/rewrites.ts';
import { scope } from '../rig/scopes.ts';

// What agents do that is not their task: shell lines in a real workspace, harvested, measured and judged as in a run.

const FILES = {
  'README.md': '# scratch\n',
  'src/a.txt': 'one\ntwo\nthree\n',
  'src/b.txt': 'b\n',
  'other/o.txt': 'o\n',
  'package.json': '{"scripts":{"test":"node --test"}}\n',
  '.gitattributes': '*.bin binary\n',
  'run.sh': 'echo run\n',
};
const LIMIT = 100_000;

let scratch: Scratch;
let repository: Repository;
let base: Oid;
let workspaces: Workspaces;
const task = aTask({ scope: scope({ create: ['src/new.txt', 'ok/*'], modify: ['src/a.txt', 'run.sh'] }) });

beforeEach(async () => {
  scratch = scratchRepository(FILES);
  base = scratch.git('rev-parse', 'HEAD');
  repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
  workspaces = createWorktrees({
    repository,
    run: 'run-1',
    setup: NO_SETUP,
    snapshotRef: ({ branch }) => `refs/copse/snapshots/run-1/${branch.slice('feature/'.length)}`,
    junk: DEFAULT_JUNK,
    never: [],
    env: scratch.env,
  });
});
afterEach(() => scratch.remove());

/** Lets these shell lines be the agent of task-001, and judges what they made. */
function attempt(lines: string, how: { integrated?: Oid; alone?: boolean } = {}): Promise<Judged> {
  const spec = { path: join(scratch.root, 'ws/task-001'), branch: 'feature/task-001', base };
  return judgeShell(lines, { repository, workspaces, spec, task, env: scratch.env, limit: LIMIT, ...how });
}

describe('an agent that does its task', () => {
  it('passes every gate', async () => {
    const judged = await attempt('work; echo more >> src/a.txt; git commit -qam more');
    expect({ code: judged.code, odd: verdicts(judged), notes: judged.notes }).toEqual({
      code: null,
      odd: '',
      notes: [],
    });
  });

  it('also when it leaves all of it uncommitted', async () => {
    const judged = await attempt('echo new > src/new.txt; echo more >> src/a.txt');
    expect({ code: judged.code, odd: verdicts(judged), notes: judged.notes }).toEqual({
      code: null,
      odd: '',
      notes: [],
    });
  });
});

describe('fails, and tells the next attempt what to do differently', () => {
  it.each<[string, string, string, RegExp]>([
    ['touches the marker and changes nothing', 'touch .claude-task-complete', 'no-commits', /nothing to land/],
    ['commits only empty commits', 'git commit -q --allow-empty -m done', 'no-commits', /change nothing/],
    ['takes its work back again', 'work; git revert --no-edit HEAD', 'no-commits', /change nothing/],
    ['commits only outside of its scope', 'echo x >> README.md; git commit -qam x', 'no-commits', /only README\.md/],
    [
      'deletes a file of others',
      'work; git rm -q other/o.txt; git commit -qm x',
      'scope-violation',
      /o\.txt \(deleted\)/,
    ],
    [
      'moves a file of others',
      'work; git mv other/o.txt src/o.txt; git commit -qm x',
      'scope-violation',
      /o\.txt \(deleted\)/,
    ],
    [
      'turns a file of others into a link',
      'work; ln -sf a.txt src/b.txt; git commit -qam x',
      'scope-violation',
      /src\/b\.txt/,
    ],
    ...REWRITES,
    [
      'commits a large file',
      `work; head -c ${LIMIT + 1} /dev/zero > src/new.txt; git commit -qam x`,
      'too-large',
      /new\.txt \(100 kB\)/,
    ],
    ['leaves a large file', `head -c ${LIMIT + 1} /dev/zero > src/new.txt`, 'too-large', /too large/],
    [
      'commits a large file and removes it again',
      `work; head -c ${LIMIT + 1} /dev/zero > big; git add big; git commit -qm big; git rm -q big; git commit -qm gone`,
      'too-large',
      /big \(100 kB, in commit/,
    ],
    [
      'commits a link to an absolute path',
      'ln -s /etc/passwd src/new.txt; git add -A; git commit -qm x',
      'symlink-outside',
      /→ \/etc\/passwd/,
    ],
    [
      'leaves a link out of the tree',
      'ln -s ../../elsewhere src/new.txt',
      'symlink-outside',
      /→ \.\.\/\.\.\/elsewhere/,
    ],
    [
      'commits a link into the git directory',
      'ln -s ../.git/config src/new.txt; git add -A; git commit -qm x',
      'symlink-outside',
      /\.git\/config/,
    ],
    [
      'commits a repository in the repository',
      'work; git init -q in; git -C in commit -q --allow-empty -m x; git add in 2>/dev/null; git commit -qm x',
      'nested-repository',
      /in \(a repository/,
    ],
    [
      'commits conflict markers',
      `printf 'one\\n<<<<<<< HEAD\\nx\\n=======\\ny\\n>>>>>>> z\\n' > src/a.txt; git commit -qam x`,
      'conflict-markers',
      /a\.txt \(1 conflict\)/,
    ],
    [
      'leaves a merge half done',
      `git checkout -q -b side; echo side > src/a.txt; git commit -qam side; git checkout -q feature/task-001; echo mine > src/a.txt; git commit -qam mine; git merge side >/dev/null || true`,
      'conflict-markers',
      /src\/a\.txt/,
    ],
    [
      'commits a name that differs by case only',
      'work; echo x > src/A.txt; git add -A; git commit -qm x',
      'unsafe-name',
      /src\/a\.txt is there/,
    ],
    [
      'commits a folder that differs by case only',
      'work; mkdir Src; echo x > Src/z; git add -A; git commit -qm x',
      'unsafe-name',
      /Src\/z/,
    ],
    [
      'commits a name with a line feed',
      `work; echo x > "$(printf 'src/x\\ny')"; git add -A; git commit -qm x`,
      'unsafe-name',
      /control characters/,
    ],
    [
      'hides a .git in a tree',
      `work; b=$(echo x | git hash-object -w --stdin); t=$(printf '100644 blob %s\\tconfig\\n' $b | git mktree); r=$( (git ls-tree HEAD; printf '040000 tree %s\\t.GIT\\n' $t) | git mktree); git reset -q --soft $(git commit-tree -p HEAD -m x $r)`,
      'unsafe-name',
      /\.GIT\/config/,
    ],
    [
      'changes .gitattributes',
      'work; echo "* -text" > .gitattributes; git commit -qam x',
      'scope-violation',
      /\.gitattributes \(makes programs run/,
    ],
    [
      'adds a hook of the project',
      'work; mkdir .husky; echo evil > .husky/pre-commit; git add -A; git commit -qm x',
      'scope-violation',
      /\.husky\/pre-commit/,
    ],
    [
      'changes the CI',
      'work; mkdir -p .github/workflows; echo x > .github/workflows/ci.yml',
      'scope-violation',
      /ci\.yml/,
    ],
    [
      'adds a postinstall script',
      `work; echo '{"scripts":{"postinstall":"evil"}}' > package.json; git commit -qam x`,
      'scope-violation',
      /package\.json/,
    ],
    [
      'adds a submodule',
      'work; git init -q lib; git -C lib commit -q --allow-empty -m x; printf "[submodule \\"lib\\"]\\npath = lib\\nurl = ./lib\\n" > .gitmodules; git add -A 2>/dev/null; git commit -qm x',
      'scope-violation',
      /\.gitmodules/,
    ],
  ])('%s', async (_name, lines, code, says) => {
    const judged = await attempt(lines);
    expect({ code: judged.code, said: judged.said }).toEqual({ code, said: expect.stringMatching(says) });
    expect(Object.values(judged.evidence).some(({ verdict }) => verdict === 'fail')).toBe(true);
    expect(judged.retry).toContain('What to do differently');
    // Whatever the verdict, the work is there to be looked at.
    expect(scratch.git('cat-file', '-t', judged.head)).toBe('commit');
  });
});

describe('is told, and lands', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'changes a file outside of its scope',
      'work; echo x >> README.md; git commit -qam x',
      'scope',
      /outside the scope: README\.md/,
    ],
    [
      'does not create what it was to create',
      'echo x >> src/a.txt; git commit -qam x',
      'files',
      /not there: src\/new\.txt/,
    ],
    [
      'changes nothing but the line endings of a file',
      `work; sed -i 's/$/\\r/' src/a.txt; git commit -qam x`,
      'content',
      /line endings changed: src\/a\.txt \(3 lines/,
    ],
    [
      'makes a file executable that is no program',
      'work; chmod +x run.sh; git commit -qam x',
      'content',
      /made executable: run\.sh/,
    ],
    [
      'uses a name that Windows refuses',
      'work; mkdir ok; echo x > "ok/a:b"; git add -A; git commit -qm x',
      'content',
      /ok\/a:b/,
    ],
  ])('%s', async (_name, lines, gate, says) => {
    const judged = await attempt(lines);
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: `${gate} warn` });
    expect(judged.evidence[gate as Evidence['gate']]!.summary).toMatch(says);
  });

  it('a link inside the tree, a heading of equal signs and a script made executable are nothing unusual', async () => {
    const judged = await attempt(
      `ln -s a.txt src/new.txt; printf 'Title\\n=======\\n' > src/a.txt; printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh`,
    );
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: '' });
  });
});

describe('the git directory, which everybody shares', () => {
  it.each([
    ['hooks of its own', 'git config core.hooksPath ./evil', 'config core.hookspath'],
    ['a file-system monitor', 'git config core.fsmonitor ./evil.sh', 'config core.fsmonitor'],
    ['a filter', 'git config filter.x.clean ./evil', 'config filter.x.clean'],
    ['a merge driver', 'git config merge.x.driver ./evil', 'config merge.x.driver'],
    ['an external diff', 'git config diff.external ./evil', 'config diff.external'],
    ['a transport', 'git config core.sshCommand ./evil', 'config core.sshcommand'],
    ['a program that signs', 'git config gpg.program ./evil; git config commit.gpgsign true', 'config gpg.program'],
    ['an included file', 'git config include.path ../evil', 'config include.path'],
    ['an alias', 'git config alias.st "!./evil"', 'config alias.st'],
    ['a sparse checkout', 'git sparse-checkout set src 2>/dev/null', 'config extensions.worktreeconfig'],
    ['a hook', 'echo evil > "$REPO/.git/hooks/pre-push"', 'hooks/pre-push'],
    ['attributes', 'echo "* filter=x" > "$REPO/.git/info/attributes"', 'info/attributes'],
    ['objects of another place', 'echo /tmp > "$REPO/.git/objects/info/alternates"', 'objects/info/alternates'],
    ['a shallow history', 'echo $BASE > "$REPO/.git/shallow"', 'shallow'],
  ])('%s: fails, named', async (_name, lines, name) => {
    const judged = await attempt(`work; ${lines}`);
    expect(judged.code).toBe('repository-changed');
    expect(judged.said).toContain(name);
    expect(judged.retry).toContain('Change nothing in the git directory');
  });

  it('is only told when other agents were at work, for nobody can tell whose doing it was', async () => {
    const judged = await attempt('work; git config core.hooksPath ./evil', { alone: false });
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: 'repository warn' });
    expect(judged.evidence.repository.summary).toBe(
      'changed for everybody, while other agents were at work, too: config core.hookspath',
    );
  });

  it('an identity and ignored files are told; what git notes of branches is nothing unusual', async () => {
    const told = await attempt('work; git config user.name Eve; echo x > "$REPO/.git/info/exclude"');
    expect({ code: told.code, odd: verdicts(told) }).toEqual({ code: null, odd: 'repository warn' });
    expect(told.evidence.repository.summary).toContain('config user.name, info/exclude');
    const usual = await attempt('work; git config branch.feature/task-001.description x');
    expect(verdicts(usual)).toBe('');
  });
});

describe('changes that git was told to pass over', () => {
  it.each([
    ['assume-unchanged', 2],
    ['assume-unchanged', 4],
    ['skip-worktree', 3],
  ])('%s: committed and judged all the same (index version %i)', async (flag, version) => {
    const judged = await attempt(
      `git update-index --index-version ${version}; git update-index --${flag} other/o.txt src/a.txt
      echo x > other/o.txt; echo x > src/a.txt; echo new > src/new.txt`,
    );
    expect(judged.notes).toEqual(['git was told to pass over other/o.txt, src/a.txt: seen all the same']);
    expect(scratch.git('show', `${judged.head}:other/o.txt`)).toBe('x');
    expect(judged.evidence.scope.summary).toBe('outside the scope: other/o.txt');
  });
});

describe('work of others', () => {
  const theirs = (branch: string) => {
    scratch.git('branch', branch, base);
    scratch.git('worktree', 'add', '-q', '../theirs', branch);
    scratch.git('-C', '../theirs', 'commit', '-q', '--allow-empty', '-m', 'first');
    scratch.write('../theirs/other/theirs.txt', 'theirs');
    scratch.git('-C', '../theirs', 'add', '-A');
    scratch.git('-C', '../theirs', 'commit', '-q', '-m', 'theirs');
    return scratch.git('rev-parse', branch);
  };

  it.each([
    ['merges the branch of another task', 'work; git merge -q --no-edit feature/task-002'],
    ['fast-forwards to it', 'git merge -q --ff-only feature/task-002; work'],
    ['resets to it', 'git reset -q --hard feature/task-002; work'],
  ])('%s: nothing of it lands unjudged', async (_name, lines) => {
    const tip = theirs('feature/task-002');
    const judged = await attempt(lines);
    expect(judged.said).toBe('merged work of others that nobody has judged, from feature/task-002');
    expect(judged.retry).toContain(tip);
    expect(judged.retry).toContain('Do not merge');
  });

  it('a cherry-pick is the agent’s own commit, and judged as such', async () => {
    theirs('feature/task-002');
    const judged = await attempt('work; git cherry-pick feature/task-002 >/dev/null');
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: 'scope warn' });
  });

  it('the integration branch was judged before: merging it is told, and what it brings is no change of the task', async () => {
    const integrated = theirs('copse/TS-0001');
    const judged = await attempt('work; git merge -q --no-edit copse/TS-0001', { integrated });
    expect({ code: judged.code, odd: verdicts(judged) }).toEqual({ code: null, odd: 'history warn' });
    expect(judged.evidence.commits.summary).toContain('1 changed path');
  });

  it('refs/replace and grafts do not change what is measured', async () => {
    const judged = await attempt(
      `echo x > README.md; git rm -q other/o.txt; git commit -qam bad
      git replace HEAD $(git commit-tree -p $BASE -m good $BASE^{tree})
      git rev-parse HEAD > "$REPO/.git/info/grafts"`,
    );
    expect(judged.said).toMatch(/other\/o\.txt \(deleted\)/);
  });
});
