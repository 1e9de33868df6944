import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAlive, processStart } from '../../src/process/tree.ts';
import { runCli } from '../rig/cli.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { heldPlan, only, PARTS, part, runHeld, TEST_CHECK, TESTED_PARTS } from '../rig/parts-plan.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Landings that the project's own checks gate, in whole runs.

// Each test is several runs, with checks in each.
vi.setConfig({ testTimeout: 240_000 });

let scratch: Scratch;
let built: Copse;
beforeAll(() => {
  built = builtCopse();
}, 180_000);
beforeEach(() => {
  scratch = scratchRepository(PARTS);
});
afterEach(() => scratch.remove());
afterAll(() => built.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

describe('several that are ready together', () => {
  it('two land at once; the third, which is right alone and not with them, is told and lands then', async () => {
    scratch.commit('tests', TESTED_PARTS);
    const name = heldPlan(
      scratch,
      {
        'task-002': part('task-002', 'one'),
        'task-003': part('task-003', 'two'),
        'task-004': `if [ "$2" = 1 ]; then ${part('task-004', 'one')}; else ${part('task-004', 'four')}; fi`,
      },
      { check: TEST_CHECK },
    );
    const { exit, events, stderr } = await runHeld(scratch, { tasks: 3 });
    expect(exit, stderr).toBe(0);
    const batches = only(events, 'landing.checked');
    expect(batches.map(({ tasks, culprits }) => ({ tasks, culprits }))).toEqual([
      { tasks: ['task-001'], culprits: [] },
      { tasks: ['task-002', 'task-003', 'task-004'], culprits: [{ task: 'task-004', with: ['task-002'] }] },
      { tasks: ['task-004'], culprits: [] },
    ]);
    const integrated = only(events, 'task.integrated').map(({ task }) => task);
    expect(integrated).toEqual(['task-001', 'task-002', 'task-003', 'task-004']);
    const [failed] = only(events, 'attempt.failed');
    expect(failed).toMatchObject({
      task: 'task-004',
      failure: {
        code: 'checks',
        with: ['task-002'],
        checks: [{ name: 'test', exit: 1, cases: [{ name: 'names differ', file: 'names.test.js', line: 3 }] }],
      },
    });
    const id = events[0]!.run;
    const prompt = readFileSync(join(scratch.repo, `.git/copse/runs/${id}/attempts/task-004.2/prompt.txt`), 'utf8');
    expect(prompt).toContain('names.test.js:3 names differ: two parts are named one');
    expect(prompt).toContain('the work of task-002 with it');
    expect(prompt).toMatch(/What has landed there meanwhile:\n {4}task-002: Do task-002 \(/);
    expect(prompt).toContain('    +one\n');
    expect(prompt).toContain('The earlier work can be had again: `git cherry-pick');
    expect(prompt).not.toContain('names.test.js:7 as ever');
    expect(scratch.git('show', `copse/${name}:parts/task-004`)).toBe('four');
  });

  it('what fails again and again blocks who is behind it, and the others land; exit status 6', async () => {
    const name = heldPlan(scratch, { 'task-002': part('task-002', 'zero'), 'task-003': part('task-003', 'two') });
    const { exit, events } = await runHeld(scratch, { tasks: 2 });
    expect(exit).toBe(6);
    const failed = only(events, 'attempt.failed');
    expect(failed.map(({ task, failure }) => [task, failure.code])).toEqual([
      ['task-002', 'checks'],
      ['task-002', 'checks'],
    ]);
    expect(scratch.git('ls-tree', '--name-only', `copse/${name}:parts`)).toBe('task-003\nzero');
    // The base is looked at once: what is compared with is known from then on.
    const rounds = only(events, 'landing.checking').map(({ tasks }) => tasks.join());
    expect(rounds).toEqual(['task-001', 'task-002,task-003', 'task-002', 'task-003', 'task-002']);
    expect(readFileSync(join(scratch.root, 'runs'), 'utf8')).toHaveLength(9); // what fails newly is run twice, the base once
    const said = (await copse('status')).stdout;
    expect(said).toContain('✗ task-002: breaks what passed before it: names (names.sh:3: two parts are named zero)');
  });
});

describe('one at a time', () => {
  it('what two tasks define is found without a check of the project; so is a contract that is broken beyond doubt', async () => {
    const body = Array.from({ length: 12 }, (_, n) => `X${n} = ${n}`).join('\n');
    scratch.commit('code', { 'shop.py': `${body}\n` });
    const total = (what: string) => `def total(items):\n    return ${what}(items)\n`;
    const add = (text: string) => `${text}; git add -A; git commit -qm work; touch .claude-task-complete`;
    const api = (path: string) => `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths: { ${path}: { get: { responses: { "200": { description: ok } } } } }`;
    const prints = (path: string) => `cat > api.yaml <<'X'\n${api(path)}\nX\n${add('true')}`;
    const name = shellPlan(
      scratch,
      {
        tasks: [
          { id: 'task-001', modify: ['shop.py'] },
          { id: 'task-002', create: ['task-002.txt'] }, // which leaves its scope
          { id: 'task-003', create: ['api.yaml'], deps: ['task-001'], contracts: ['contracts/api-schema.yaml'] },
        ],
        contracts: { 'api-schema.yaml': api('/users') },
        config: { landing: { gate: 'checks' }, contracts: { openapi: { emit: 'cat api.yaml' } } },
      },
      {
        'task-001': add(`printf '${total('sum')}' | cat - shop.py > new; mv new shop.py`),
        'task-002': add(
          `until git cat-file -e copse/TS-0001-scratch:shop.py && git show copse/TS-0001-scratch:shop.py | grep -q total || [ "$2" = 2 ]; do sleep 0.05; done
if [ "$2" = 1 ]; then printf '${total('len')}' >> shop.py; else echo 'Y = 1' >> shop.py; fi; echo 2 > task-002.txt`,
        ),
        'task-003': `if [ "$2" = 1 ]; then ${prints('/people')}\nelse ${prints('/users')}\nfi`,
      },
    );
    const run = built.start(scratch, ['run']); // what parses code is a program of its own
    expect(await run.ended, run.output()).toBe(0);
    const failed = only(journalOf(scratch), 'attempt.failed');
    expect(failed.map(({ task }) => task).sort()).toEqual(['task-002', 'task-003']);
    const checksOf = (task: string) =>
      failed.flatMap(({ failure, ...each }) => (each.task === task && failure.code === 'checks' ? failure.checks : []));
    expect(checksOf('task-002')).toMatchObject([
      { name: 'merge', cases: [{ file: 'shop.py', line: 1 }, { line: 15 }] },
    ]);
    expect(checksOf('task-003')).toMatchObject([{ name: 'contracts', cases: [{ name: 'contracts/api-schema.yaml' }] }]);
    expect(scratch.git('show', `copse/${name}:shop.py`)).toMatch(/^def total.*Y = 1$/s);
  });

  it('what passes when it is run again is flaky: it lands, and that is told', async () => {
    const moody = `mkdir "${join(scratch.root, 'once')}" 2>/dev/null && echo "a.txt:1: error: moody"; sh names.sh`;
    shellPlan(scratch, {
      tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
      config: {
        checks: [
          { name: 'moody', command: moody, parser: 'lines' },
          // What is to land is on no ref, and stays.
          {
            name: 'gc',
            kind: 'build',
            command: 'git gc -q --prune=now && git reflog expire --expire=now --all && git prune',
          },
        ],
      },
    });
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stdout).toContain('[PROGRESS] execution status=checking tasks=task-001 round=1\n');
    expect(run.stdout).toContain('[PROGRESS] execution status=checked tasks=1 rounds=1 flaky=1\n');
    expect(run.stderr).toContain('! flaky, it passed when run again: moody: a.txt:1: moody');
    expect((await copse('status')).stdout).toContain('! flaky, it passed when run again: moody: a.txt:1: moody');
  });

  it('what cannot be checked lands, and that is told', async () => {
    const name = shellPlan(scratch, {
      tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
      config: { checks: [{ name: 'names', command: 'sh names.sh' }] },
    });
    mkdirSync(join(scratch.root, 'workspaces/repo', name, '.integration/mine'), { recursive: true });
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/! checks said nothing of what landed: not checked: no workspace: .*move it away/);
    expect(scratch.git('show', `copse/${name}:task-001.txt`)).toBe('made by task-001');
  });

  it('is off where nobody asks for it, on where the config names checks; plan says which', async () => {
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
    expect((await copse('plan')).stdout).toContain('landing: at once; --gate checks has');
    const checks = [{ name: 'names', command: 'sh names.sh', parser: 'lines' }];
    const config = JSON.parse(readFileSync(join(scratch.repo, 'copse.config.json'), 'utf8'));
    scratch.write('copse.config.json', JSON.stringify({ ...config, checks }));
    expect((await copse('plan')).stdout).toContain('landing: what lands together must pass names first');
    expect((await copse('plan', '--gate', 'off')).stdout).toContain('landing: at once');
    scratch.write('copse.config.json', JSON.stringify({ ...config, checks, landing: { gate: 'off' } }));
    expect(JSON.parse((await copse('plan', '--json')).stdout).settings.gate).toBeUndefined();
    expect(JSON.parse((await copse('plan', '--json', '--gate', 'checks')).stdout).gate).toEqual(['names']);
    expect((await copse('run')).exit).toBe(0);
    expect(scratch.git('worktree', 'list')).not.toContain('.integration');
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s while its checks run: nothing of them is left, and resume lands it',
    async (signal) => {
      const [running, left] = ['running', 'left'].map((file) => join(scratch.root, file)) as [string, string];
      // It starts a process that would outlive it.
      const check = `[ -e "${running}.off" ] || { (sleep 600 & echo $! > "${left}"); touch "${running}"; sleep 600; }`;
      const name = shellPlan(scratch, {
        tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
        config: { checks: [{ name: 'slow', command: check }] },
      });
      const tip = scratch.git('rev-parse', 'HEAD');
      const run = built.start(scratch, ['run']);
      await fileAppears(running);
      const [checking] = only(journalOf(scratch), 'landing.checking');
      const pid = Number(readFileSync(left, 'utf8'));
      const start = processStart(pid)!;
      run.child.kill(signal);
      expect(await run.ended).toBe(signal === 'SIGINT' ? 130 : 'SIGKILL');
      expect(scratch.git('rev-parse', `copse/${name}`)).toBe(tip);
      expect(scratch.git('for-each-ref', '--contains', checking!.commit)).toBe('');
      writeFileSync(`${running}.off`, '');
      const resumed = await copse('resume');
      expect(resumed.exit, resumed.stderr).toBe(0);
      expect(scratch.git('show', `copse/${name}:task-001.txt`)).toBe('made by task-001');
      expect(scratch.git('rev-list', '--count', '--first-parent', `${tip}..copse/${name}`)).toBe('1');
      expect(only(journalOf(scratch), 'attempt.started')).toHaveLength(1);
      expect(isAlive(pid, start)).toBe(false);
    },
  );
});
