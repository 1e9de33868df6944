import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtPackage } from '../rig/package.ts';
import { hermeticEnv } from '../rig/repository.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-')));
const temporary = join(root, 'tmp');
mkdirSync(temporary);
// As on a machine on which git was never set up.
const env: NodeJS.ProcessEnv = { ...hermeticEnv(root), TMPDIR: temporary, COPSE_DEMO_PACE: '0' };
for (const name of Object.keys(env).filter((key) => /^GIT_(AUTHOR|COMMITTER)/.test(key))) delete env[name];

let folder: string;
beforeAll(() => {
  folder = builtPackage();
});
afterAll(() => {
  for (const path of [root, folder]) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
});

function copse(argv: string[], extra: NodeJS.ProcessEnv = {}) {
  const options = { cwd: root, env: { ...env, ...extra }, encoding: 'utf8' as const };
  return spawnSync(process.execPath, [join(folder, 'bin/copse.js'), ...argv], options);
}

function git(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
  return stdout.trim();
}

interface Document {
  ok: boolean;
  repo: string;
  tests: { passed: number; failed: number };
  run: { outcome: string; landed: boolean; tasks: { id: string; state: string; attempt: number }[] };
  seen: string[];
}

it('runs a plan to its end, lands it, and says what was measured', () => {
  const { status, stdout, stderr } = copse(['demo', '--json', '--dir', join(root, 'kept')]);
  expect(status, stderr).toBe(0);
  const document = JSON.parse(stdout) as Document;
  expect(document).toMatchObject({ ok: true, repo: join(root, 'kept/inventory') });
  expect(document.run).toMatchObject({ outcome: 'integrated', landed: true });
  expect(document.run.tasks.map(({ id, state, attempt }) => [id, state, attempt])).toEqual([
    ['task-001-users', 'integrated', 1],
    ['task-002-products', 'integrated', 2],
    ['task-003-orders', 'integrated', 1],
    ['task-004-api', 'integrated', 1],
  ]);
  expect(document.seen.join('\n')).toContain('src/users/permissions.ts');

  const { repo } = document;
  expect(git(repo, 'branch', '--show-current')).toBe('main');
  expect(git(repo, 'status', '--porcelain')).toBe('M parallel/TS-0042-inventory-system/manifest.json'); // says that it is done
  expect(git(repo, 'rev-parse', 'main')).toBe(git(repo, 'rev-parse', 'copse/TS-0042-inventory-system'));
  const files = git(repo, 'ls-files').split('\n');
  expect(files).toEqual(expect.arrayContaining(['src/users/users.ts', 'src/orders/orders.ts', 'src/api/orders.ts']));
  expect(files).not.toContain('src/users/permissions.ts');
  expect(files).not.toContain('.claude-task-complete');
  const report = join(repo, 'parallel/TS-0042-inventory-system/integration-report.md');
  expect(readFileSync(report, 'utf8')).toContain('4/4');
  // What the demo says of the tests is what they say themselves.
  const tests = spawnSync(process.execPath, ['--test-reporter=tap', 'tools/test.mjs'], {
    cwd: repo,
    env,
    encoding: 'utf8',
  });
  expect(tests.stdout).toContain(`# pass ${document.tests.passed}\n# fail 0\n`);
  expect(document.tests.passed).toBeGreaterThan(20);
});

it('shows the report and leaves nothing behind when that was asked for', () => {
  const { status, stdout, stderr } = copse(['demo', '--rm']);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('# Integration Report');
  expect(stderr).toContain('What you saw');
  expect(readdirSync(temporary).filter((name) => name.startsWith('copse-demo'))).toEqual([]);
});

it('fails when a task fails, keeps everything and leaves main alone', () => {
  const spoiler = join(root, 'spoiler.mjs');
  writeFileSync(
    spoiler,
    "if (process.argv[1]?.endsWith('agent.mjs') && process.argv[2] === 'task-003-orders') process.exit(9);\n",
  );
  const dir = join(root, 'spoiled');
  const { status, stderr } = copse(['demo', '--rm', '--dir', dir], { NODE_OPTIONS: `--import=${spoiler}` });
  expect(status).toBe(1);
  expect(stderr).toContain('task-003-orders');
  expect(stderr).toContain('exit status 9');
  const repo = join(dir, 'inventory');
  expect(git(repo, 'rev-list', '--count', 'main')).toBe('1');
  expect(existsSync(join(repo, 'src/users'))).toBe(false);
});

it('does not touch a folder that holds something', () => {
  const { status, stderr } = copse(['demo', '--dir', root]);
  expect(status).toBe(2);
  expect(stderr).toContain('folder-not-empty');
});
