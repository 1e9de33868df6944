import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchRepository } from '../../test/rig/repository.ts';
import { headLog } from './head-log.ts';

it('tells where HEAD went and how, from a moment on', async () => {
  const scratch = scratchRepository();
  onTestFinished(() => scratch.remove());
  const gitDir = join(scratch.repo, '.git');
  const before = scratch.git('rev-parse', 'HEAD');
  const commitAt = (seconds: number) => {
    const env = { ...scratch.env, GIT_COMMITTER_DATE: `${seconds} -0330`, GIT_COMMITTER_NAME: 'A. 17 +0000' };
    const argv = ['commit', '-q', '--allow-empty', '-m', `at ${seconds}\tand so on`];
    expect(spawnSync('git', argv, { cwd: scratch.repo, env }).status).toBe(0);
    return scratch.git('rev-parse', 'HEAD');
  };
  const [early, late] = [commitAt(1_700_000_000), commitAt(2_000_000_000)];
  expect(await headLog(gitDir)).toEqual([
    { to: before, how: 'commit (initial): initial' },
    { to: early, how: 'commit: at 1700000000 and so on' },
    { to: late, how: 'commit: at 2000000000 and so on' },
  ]);
  expect((await headLog(gitDir, 1_999_999_999_999)).map(({ to }) => to)).toEqual([late]);
  expect(await headLog(gitDir, 2_000_000_000_999)).toHaveLength(1);
  expect(await headLog(gitDir, 2_000_000_001_000)).toEqual([]);
  expect(await headLog(null)).toEqual([]);
  expect(await headLog(join(scratch.root, 'nowhere'))).toEqual([]);
});
