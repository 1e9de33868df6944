import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

/** Sorted files of node:test, so that cases come in the same order; fails `old` on every commit. */
const FILES = {
  'package.json': JSON.stringify({ scripts: { test: 'node --test --test-reporter=tap' } }),
  'old.test.js': "require('node:test')('old', () => { throw new Error('as ever'); });\n",
  'sum.js': 'module.exports = (a, b) => a + b;\n',
  'sum.test.js':
    "const sum = require('./sum.js');\nrequire('node:test')('adds', () => {\n  if (sum(1, 1) !== 2) throw new Error('no sum');\n});\n",
};
const TASKS = [
  { id: 'task-001', create: ['task-001.txt'], modify: ['sum.js'] },
  { id: 'task-002', create: ['task-002.txt', 'moody.test.js'] },
];
const BREAKS = 'echo "module.exports = (a, b) => a - b;" > sum.js';

describe('checks of the merged tree', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = scratchRepository(FILES);
  });
  afterEach(() => scratch.remove());

  const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
  const integrate = async (...argv: string[]) => {
    const done = await copse('integrate', '--json', ...argv);
    return { ...done, answer: JSON.parse(done.stdout) };
  };
  const report = () => {
    const plan = readdirSync(join(scratch.repo, 'parallel')).find((name) => name !== 'README.md')!;
    const folder = join(scratch.repo, 'parallel', plan);
    return {
      text: readFileSync(join(folder, 'integration-report.md'), 'utf8'),
      json: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')),
    };
  };

  it('a new failure stops the landing and names the task; what the base has blames nobody; skip lands it', async () => {
    shellPlan(scratch, { tasks: TASKS }, { 'task-001': BREAKS });
    const before = scratch.git('rev-parse', 'main');
    expect(await copse('run')).toMatchObject({ exit: 0 });
    const refused = await integrate();
    expect(refused.exit).toBe(6);
    expect(scratch.git('rev-parse', 'main')).toBe(before);
    expect(refused.answer).toMatchObject({ ok: false, landing: { why: 'refused' } });
    const [check] = refused.answer.checks;
    expect(check).toMatchObject({ name: 'test', kind: 'tests', outcome: 'failed', counts: { passed: 0, failed: 2 } });
    expect(check.failures).toMatchObject([
      { name: 'old', status: 'known', blame: [] },
      { name: 'adds', status: 'new', file: 'sum.test.js', blame: [{ task: 'task-001', file: 'sum.js' }] },
    ]);
    expect(refused.stderr).toContain('check: test: npm run test');
    expect(refused.stderr).toContain('The same on');
    expect(refused.stderr).toMatch(/new: sum.test.js:2 adds: no sum; perhaps task-001, which changed sum.js/);
    const { text, json } = report();
    expect(json.checks.tests).toMatchObject({ result: 'failed' });
    expect(json.actions.mustFix.join()).toContain('adds');
    expect(text).toContain('| test | new | sum.test.js:2 adds: no sum | task-001, which changed sum.js |');
    expect(text).toContain('| test | known | old.test.js:1 old: as ever | - |');

    const plain = await copse('integrate');
    expect(plain.stdout).toContain('--checks skip');
    expect(plain.stderr).not.toContain('The same on'); // the base is known by now

    expect((await integrate('--checks', 'skip')).exit).toBe(0);
    expect(report().json.checks.tests.result).toBe('not-checked');
  });

  it('old failures alone land, with a warning; a failure that passes when run again is flaky', async () => {
    const marker = join(scratch.root, 'once');
    const flaky = `require('node:test')('moody', () => {
  const fs = require('node:fs');
  if (!fs.existsSync('${marker}')) { fs.writeFileSync('${marker}', ''); throw new Error('moody'); }
});`;
    shellPlan(
      scratch,
      { tasks: TASKS },
      { 'task-002': `cat > moody.test.js <<'X'\n${flaky}\nX\necho b > task-002.txt` },
    );
    expect(await copse('run')).toMatchObject({ exit: 0 });
    const landed = await integrate();
    expect(landed.exit).toBe(0);
    const [check] = landed.answer.checks;
    expect(check.outcome).toBe('warning');
    const statuses = check.failures.map(({ name, status }: { name: string; status: string }) => `${status} ${name}`);
    expect(statuses.sort()).toEqual(['flaky moody', 'known old']);
    expect(report().json.checks.tests.result).toBe('warning');
    expect(report().text).toContain('| Tests | ⚠️ |');
  });

  it('what cannot be run is not checked, and says why; the config adds checks and leaves some out', async () => {
    const manifest = { scripts: { lint: 'eslint .', test: 'x' }, devDependencies: { eslint: '9.0.0' } };
    scratch.commit('a linter', { 'package.json': JSON.stringify(manifest) });
    shellPlan(scratch, {
      tasks: TASKS,
      config: {
        checks: [
          { name: 'test', command: false },
          { name: 'notes', kind: 'lint', command: 'grep -rn TODO task-002.txt; test $? = 1' },
        ],
      },
    });
    expect(await copse('run')).toMatchObject({ exit: 0 });
    const landed = await integrate();
    expect(landed.exit).toBe(0);
    expect(landed.answer.checks).toMatchObject([
      { name: 'lint', outcome: 'not-checked', why: expect.stringContaining('workspace.setup') },
      { name: 'notes', outcome: 'passed' },
    ]);
    expect(report().json.checks.lint.result).toBe('warning'); // one passed, one was not made
    expect(report().json.checks.type_check.result).toBe('not-checked');
  });

  it('a tree without checks makes no worktree', async () => {
    scratch.git('rm', '-q', 'package.json');
    scratch.commit('nothing to check');
    shellPlan(scratch, { tasks: [TASKS[1]!] });
    expect(await copse('run')).toMatchObject({ exit: 0 });
    expect((await integrate()).answer.checks).toEqual([]);
    expect(existsSync(join(scratch.root, 'workspaces/repo'))).toBe(true);
    expect(scratch.git('worktree', 'list')).not.toContain('.integration');
  });
});
