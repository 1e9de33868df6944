import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../rig/cli.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { refused } from '../../rig/refusal.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// What can be wrong on the command line and in the config.

let scratch: Scratch;

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const plan = (config: object = commandAgent(scratch)) =>
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    config,
  });

describe('the command line', () => {
  it('a command that does not exist', async () => {
    expect(await refused(scratch, ['stauts'])).toMatchObject({
      code: 'unknown-command',
      exit: 2,
      hint: 'did you mean: copse status',
    });
    for (const name of ['frobnicate', '-x', '--nope', 'a\u001b[2Jb', '']) {
      expect(await refused(scratch, [name]), name).toMatchObject({ code: 'unknown-command', exit: 2 });
    }
  });

  it('an option that does not exist, one without its value, too many arguments', async () => {
    plan();
    for (const argv of [
      ['run', '--nope'],
      ['run', '--timeout'],
      ['run', 'a', 'b'],
      ['status', '-x'],
      ['doctor', 'x'],
    ]) {
      const refusal = await refused(scratch, argv);
      expect(refusal, argv.join(' ')).toMatchObject({ code: 'usage', exit: 2 });
      expect(refusal.hint).toContain(`copse ${argv[0]} --help`);
    }
    expect((await refused(scratch, ['run', '--max-concurent', '3'])).message).toContain('--max-concurrent');
  });

  it.each([
    ['--max-concurrent', '0'],
    ['--max-concurrent', '-1'],
    ['--max-concurrent', 'many'],
    ['--max-concurrent', '1e3'],
    ['--max-concurrent', '99999999999999999999'],
    ['--retries', '1.5'],
    ['--timeout', 'soon'],
    ['--timeout', '0'],
    ['--timeout', '-5s'],
    ['--timeout', '99999d'],
    ['--stall', ''],
    ['--wave', '0'],
    ['--wave', 'two'],
    ['--barrier', 'waves'],
    ['--scope', 'strict'],
    ['--progress', 'colourful'],
    ['--only', ''],
    ['--skip', ''],
    ['--skip', ' , '],
    ['--model', ''],
    ['--agent', ''],
  ])('%s %j', async (option, value) => {
    plan();
    const refusal = await refused(scratch, ['run', `${option}=${value}`]);
    expect(refusal).toMatchObject({ code: 'usage', exit: 2 });
    expect(refusal.message).toContain(option);
  });

  it('ids and waves that the plan does not have', async () => {
    plan();
    for (const argv of [['run'], ['plan'], ['run', '--dry-run']]) {
      expect(await refused(scratch, [...argv, '--wave', '9'])).toMatchObject({ code: 'unknown-wave', exit: 2 });
      for (const option of ['--only', '--skip']) {
        const refusal = await refused(scratch, [...argv, option, 'nope']);
        expect(refusal).toMatchObject({ code: 'unknown-task', exit: 2 });
        expect(refusal.hint).toContain('task-001, task-002');
      }
    }
    expect(await refused(scratch, ['run', '--only', '../../x'])).toMatchObject({ code: 'unknown-task' });
    expect(await refused(scratch, ['run', '--only', 'task-001', '--skip', 'task-001'])).toMatchObject({
      code: 'nothing-selected',
      exit: 2,
    });
  });

  it('a selection whose dependencies are not in', async () => {
    plan();
    expect(await refused(scratch, ['run', '--wave', '2'])).toMatchObject({ code: 'earlier-wave', exit: 2 });
    expect(await refused(scratch, ['run', '--only', '2'])).toMatchObject({ code: 'missing-dependency', exit: 2 });
    expect(await refused(scratch, ['run', '--retry-failed'])).toMatchObject({ code: 'nothing-to-retry', exit: 2 });
  });

  it('the same on a run that goes on', async () => {
    const name = plan(commandAgent(scratch, { 'task-001': 'exit 3' }));
    expect((await copse('run', '--retries', '0')).exit).toBe(1);
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'run-failed', exit: 2 });
    expect(await refused(scratch, ['run', '--wave', '2'])).toMatchObject({ code: 'earlier-wave', exit: 2 });
    expect(await refused(scratch, ['resume', '--only', 'nope'])).toMatchObject({ code: 'unknown-task', exit: 2 });
    expect(await refused(scratch, ['resume', '--agent', 'nope'])).toMatchObject({ code: 'unknown-agent', exit: 2 });
    expect(await refused(scratch, ['integrate'])).toMatchObject({ code: 'nothing-integrated', exit: 6 });
    expect((await refused(scratch, ['integrate'])).hint).toContain(`copse status ${name}`);
  });

  it('runs, tasks and attempts that do not exist', async () => {
    plan();
    expect((await copse('run')).exit).toBe(0);
    for (const command of ['status', 'resume', 'integrate', 'clean', 'logs --run', 'diff --run']) {
      const argv = [...command.split(' '), 'TS-9999'];
      const refusal = await refused(scratch, argv);
      expect(refusal, command).toMatchObject({ code: 'no-run', exit: 2 });
      expect(refusal.hint, 'a run that is there').toContain('TS-0001-scratch');
      expect(await refused(scratch, [...command.split(' '), '../../x'])).toMatchObject({ code: 'no-run' });
      expect(await refused(scratch, [...command.split(' '), ''])).toMatchObject({ code: 'no-run' });
    }
    for (const argv of [['logs'], ['diff']]) {
      for (const id of ['nope', '../../x', '', 'a\0b', '$(touch x)', 'x'.repeat(300)]) {
        expect(await refused(scratch, [...argv, id]), id).toMatchObject({ code: 'unknown-task', exit: 2 });
      }
    }
    for (const attempt of ['0', '9', '-1', 'one', '../1', '']) {
      const refusal = await refused(scratch, ['logs', '1', `--attempt=${attempt}`]);
      expect(['unknown-attempt', 'usage'], attempt).toContain(refusal.code);
      expect(refusal.exit).toBe(2);
    }
  });
});

describe('copse.config.json', () => {
  const bad = async (text: string, where: RegExp, says: RegExp) => {
    scratch.commit('config', { 'copse.config.json': text });
    for (const argv of [['run'], ['status'], ['plan']]) {
      const refusal = await refused(scratch, argv);
      expect(refusal).toMatchObject({ code: 'bad-config', exit: 2 });
      expect(refusal.where).toMatch(where);
      expect(refusal.message).toMatch(says);
    }
  };

  it('no JSON', async () => {
    plan();
    await bad('{\n  "agent": "claude",\n  oops\n}\n', /^copse\.config\.json:3:/, /./);
    await bad('', /^copse\.config\.json:1:/, /./);
  });

  it('a key that is not known', async () => {
    plan();
    await bad('{\n  "limits": { "maxConcurent": 3 }\n}\n', /^copse\.config\.json:2:/, /maxConcurent/);
    expect((await refused(scratch, ['run'])).hint).toContain('maxConcurrent');
  });

  it('a wrong type, a wrong value, an agent that is not there', async () => {
    plan();
    await bad('{\n  "limits": { "maxConcurrent": "three" }\n}\n', /^copse\.config\.json:2:/, /limits\.maxConcurrent/);
    await bad('{\n  "limits":\n    { "timeout": "soon" }\n}\n', /^copse\.config\.json:3:/, /limits\.timeout/);
    await bad('{ "agent": "nope" }', /^copse\.config\.json:1:/, /nope/);
    await bad('{ "branchPrefix": "../" }', /^copse\.config\.json:1:/, /branchPrefix/);
    await bad('[]', /^copse\.config\.json/, /./);
  });

  it('a file that is no text, a folder, and two of them', async () => {
    plan();
    scratch.write('copse.config.yaml', 'agent: claude\n');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'two-configs', exit: 2 });
    scratch.git('rm', '-q', '-f', 'copse.config.json');
    rmSync(join(scratch.repo, 'copse.config.yaml'));
    scratch.commit('folder', { 'copse.config.json/x': '' });
    scratch.git('clean', '-fdq');
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'bad-config', exit: 2 });
  });
});
