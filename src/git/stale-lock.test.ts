import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileAppears } from '../../test/rig/copse.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from './git.ts';
import { openRepository } from './repository.ts';
import { lockBehind, removeStaleLocks, wayOut } from './stale-lock.ts';

let scratch: Scratch;
let lock: string;
let holder: ChildProcess | null = null;
beforeEach(() => {
  scratch = scratchRepository();
  lock = join(scratch.repo, '.git/packed-refs.lock');
  writeFileSync(lock, '');
});
afterEach(async () => {
  const ended = holder && new Promise((resolve) => holder!.once('exit', resolve));
  holder?.kill('SIGKILL');
  await ended;
  holder = null;
  scratch.remove();
});

const removed = async () => {
  await removeStaleLocks(await openRepository(createGit({ cwd: scratch.repo, env: scratch.env })));
  return !existsSync(lock);
};
const refusal = () => lockBehind(`fatal: Unable to create '${lock}': File exists.`)!;

/** A process that lives until the test ends; resolves when it says that it is up. */
async function holding(cwd: string, script: string): Promise<number> {
  const up = join(scratch.root, 'up');
  holder = spawn('sh', ['-c', script, 'sh', up, lock], { cwd, env: scratch.env, stdio: ['pipe', 'ignore', 'inherit'] });
  await fileAppears(up);
  return holder.pid!;
}

describe.skipIf(process.platform !== 'linux')('a lock in the shared git directory', () => {
  it('goes when nobody holds it', async () => {
    expect(wayOut(refusal())).toBe(`no git is at work there, one that was killed has left it: rm '${lock}'`);
    expect(await removed()).toBe(true);
    expect(lockBehind(`fatal: Unable to create '${lock}': File exists.`)).toBeNull();
  });

  it('stays while somebody has it open, a git or not', async () => {
    const pid = await holding('/', 'exec 3<"$2"; touch "$1"; read -r _');
    expect(await removed()).toBe(false);
    expect(wayOut(refusal())).toBe(`wait for process ${pid} to end, or end it`);
  });

  it('stays while a git stands in a worktree of the repository', async () => {
    scratch.git('worktree', 'add', '-q', '../linked');
    await holding(join(scratch.root, 'linked'), 'touch "$1"; exec git cat-file --batch');
    expect(await removed()).toBe(false);
  });

  it('is not minded by a git elsewhere', async () => {
    await holding(scratch.root, `git init -q elsewhere; cd elsewhere; touch "$1"; exec git cat-file --batch`);
    expect(await removed()).toBe(true);
  });
});
