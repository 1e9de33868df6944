import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { openRepository } from '../git/repository.ts';
import { createDirectories } from './directory.ts';
import type { WorkspaceSpec, Workspaces } from './workspace.ts';

// Attempts in directories of the user's checkout, without agents: what comes of their files when they fail.

let scratch: Scratch;
let workspaces: Workspaces;
let spec: WorkspaceSpec;
beforeEach(async () => {
  scratch = scratchRepository({ 'src/one/a.txt': 'a\n', 'src/one/b.txt': 'b\n', 'src/two/a.txt': 'a\n' });
  spec = { path: scratch.repo, branch: 'feature/one', base: scratch.git('rev-parse', 'HEAD') };
  workspaces = await inDirectories(['src/one']);
});
afterEach(() => scratch.remove());

async function inDirectories(directories: string[]): Promise<Workspaces> {
  return createDirectories({
    repository: await openRepository(createGit({ cwd: scratch.repo, env: scratch.env })),
    run: 'run',
    snapshotRef: () => 'refs/copse/snapshots/run/one',
    junk: [],
    never: [],
    directoriesOf: () => directories,
    message: () => 'feat: one implementation',
  });
}

const text = (path: string) => readFileSync(join(scratch.repo, path), 'utf8');
const snapshots = () => scratch.git('for-each-ref', '--format=%(refname)', 'refs/copse/snapshots').split('\n');

/** An attempt that changes, deletes and adds. */
async function attempt(): Promise<void> {
  expect(await workspaces.prepare(spec)).toMatchObject({ ok: true });
  scratch.write('src/one/a.txt', 'changed\n');
  scratch.write('src/one/deep/new.txt', 'new\n');
  rmSync(join(scratch.repo, 'src/one/b.txt'));
  await workspaces.harvest(spec, '');
}

describe('withdrawing an attempt', () => {
  it('puts its directories back to what it found; all it made is on its branch', async () => {
    await attempt();
    scratch.write('src/two/a.txt', 'of somebody else\n');
    expect(await workspaces.withdraw!(spec)).toEqual({
      is: 'taken',
      note: 'what it made is on feature/one, and no longer in src/one of the checkout',
    });
    expect(scratch.git('status', '--porcelain', '-uall')).toBe(' M src/two/a.txt');
    expect(scratch.git('show', 'feature/one:src/one/a.txt')).toBe('changed');
    expect(scratch.git('show', 'feature/one:src/one/deep/new.txt')).toBe('new');
    expect(await workspaces.withdraw!(spec)).toEqual({ is: 'nothing' });
  });

  it.each([
    ['edited', () => scratch.write('src/one/a.txt', 'edited by its owner\n')],
    ['added', () => scratch.write('src/one/mine.txt', 'mine\n')],
    ['removed', () => rmSync(join(scratch.repo, 'src/one/deep/new.txt'))],
  ])('leaves everything when somebody has %s a file there since, and says so', async (_, change) => {
    await attempt();
    change();
    const before = scratch.git('status', '--porcelain', '-uall');
    const withdrawn = await workspaces.withdraw!(spec);
    expect(withdrawn).toMatchObject({ is: 'left', note: expect.stringContaining('still holds what it made') });
    expect(scratch.git('status', '--porcelain', '-uall')).toBe(before);
  });

  it('does nothing for an attempt that never began, made nothing, or is of another run', async () => {
    expect(await workspaces.withdraw!(spec)).toEqual({ is: 'nothing' });
    await workspaces.prepare(spec);
    expect(await workspaces.withdraw!(spec)).toEqual({ is: 'nothing' });
    await workspaces.harvest(spec, '');
    expect(await workspaces.withdraw!(spec)).toEqual({ is: 'nothing' });
    await attempt();
    expect(await workspaces.withdraw!({ ...spec, branch: 'feature/two' })).toEqual({ is: 'nothing' });
    expect(text('src/one/a.txt')).toBe('changed\n');
  });
});

describe('the next attempt', () => {
  it('keeps what the one before left, changed since or not, before it puts it back', async () => {
    await attempt();
    scratch.write('src/one/a.txt', 'edited by its owner\n');
    expect(await workspaces.prepare(spec)).toMatchObject({ ok: true });
    expect(text('src/one/a.txt')).toBe('a\n');
    expect(snapshots().map((ref) => scratch.git('show', `${ref}:src/one/a.txt`))).toContain('edited by its owner');
  });

  it('does not begin in directories that became its own meanwhile and hold what nobody committed', async () => {
    await attempt();
    scratch.write('src/two/a.txt', 'mine\n');
    workspaces = await inDirectories(['src/one', 'src/two']);
    expect(await workspaces.prepare(spec)).toMatchObject({ ok: false, failure: { code: 'workspace' } });
    expect([text('src/two/a.txt'), text('src/one/a.txt')]).toEqual(['mine\n', 'changed\n']);
  });

  it('does not begin over a file that git cannot take in: no copy could be kept', async () => {
    await attempt();
    scratch.write('src/one/GIT~1', 'x\n');
    const refused = await workspaces.prepare(spec);
    expect(refused).toMatchObject({ ok: false, failure: { message: expect.stringContaining('src/one/GIT~1') } });
    expect([text('src/one/GIT~1'), text('src/one/a.txt')]).toEqual(['x\n', 'changed\n']);
  });
});

describe('removing an attempt', () => {
  const left = { removed: true, left: 'what it made stays in src/one of the checkout' };

  it('leaves its files, and says so', async () => {
    await attempt();
    expect(await workspaces.remove(spec, { force: true, held: spec.base })).toEqual(left);
    expect(text('src/one/a.txt')).toBe('changed\n');
    expect(await workspaces.remove(spec, { force: true })).toEqual({ removed: true });
  });

  it('says nothing of what is integrated, or out of the checkout again', async () => {
    await attempt();
    const held = scratch.git('rev-parse', 'feature/one');
    expect(await workspaces.remove(spec, { force: false, held })).toEqual({ removed: true });
    scratch.git('checkout', '-q', '--', 'src');
    scratch.git('clean', '-qfd', 'src');
    await attempt();
    await workspaces.withdraw!(spec);
    expect(await workspaces.remove(spec, { force: true })).toEqual({ removed: true });
  });
});
