import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary } from '../../rig/claude.ts';
import { runCli } from '../../rig/cli.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { usersPart } from '../../rig/fingerprint.ts';
import { refused } from '../../rig/refusal.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// Agents that are not there, and agents that misbehave.

let scratch: Scratch;

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const plan = (config: object, boundary = ['README.md']) =>
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'], boundary },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    config,
  });

const withCommand = (...command: string[]) => ({ agent: 'command', agents: { command: { command } } });

describe('an agent that is not there', () => {
  it('a program that does not exist', async () => {
    plan(withCommand('no-such-agent', '{task}'));
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'agent-missing', exit: 7 });
    expect(refusal.text).toContain('no-such-agent');
    expect((await copse('doctor')).exit).toBe(7);
  });

  it('a file that is not executable, and a folder', async () => {
    const path = join(scratch.root, 'agent.sh');
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o644);
    plan(withCommand(path));
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'agent-missing', exit: 7 });
    rmSync(path);
    mkdirSync(path);
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'agent-missing', exit: 7 });
  });

  it('a script whose interpreter does not exist fails the task and says so', async () => {
    const path = join(scratch.root, 'agent.sh');
    writeFileSync(path, '#!/no/such/interpreter\n');
    chmodSync(path, 0o755);
    plan(withCommand(path));
    const run = await copse('run', '--retries', '0');
    expect(run.exit).toBe(1);
    expect(run.stderr).toContain('task-001');
  });

  it('a template that puts a title into code', async () => {
    plan(withCommand('sh', '-c', 'echo {title}'));
    expect(await refused(scratch, ['run'])).toMatchObject({ code: 'bad-agent-command', exit: 2 });
  });

  it('Claude Code that is not installed', async () => {
    plan({ agents: { claude: { command: 'no-such-claude' } } });
    const refusal = await refused(scratch, ['run']);
    expect(refusal).toMatchObject({ code: 'agent-missing', exit: 7 });
    expect(refusal.hint).toContain('agents.claude.command');
  });

  it('the real Claude Code that nobody has logged in to', async () => {
    plan({ agents: { claude: { command: claudeBinary() } } });
    const config = join(scratch.root, 'claude-empty');
    mkdirSync(config);
    const env = { ...scratch.env, CLAUDE_CONFIG_DIR: config, DISABLE_AUTOUPDATER: '1' };
    const refusal = await refused(scratch, ['run'], { env });
    expect(refusal).toMatchObject({ code: 'agent-missing', exit: 7 });
    expect(refusal.message).toContain('not logged in');
    expect(refusal.hint).toContain('ANTHROPIC_API_KEY');
  });
});

describe('an agent that misbehaves', () => {
  /** Runs task-001 with these shell lines as its agent, without a second attempt; nothing of the user's may change. */
  async function misbehave(lines: string, leaves: string[] = []) {
    const name = plan(commandAgent(scratch, { 'task-001': lines }));
    const before = usersPart(scratch);
    const run = await copse('run', '--retries', '0');
    // A branch that an agent makes is in the one repository all share: nobody but it can be asked what to do with it.
    const after = usersPart(scratch).filter((entry) => !leaves.some((name) => entry.startsWith(`refs/heads/${name} `)));
    expect(after, run.stderr).toEqual(before);
    return { ...run, name };
  }

  const failsWith = async (lines: string, error: string, says: RegExp, leaves: string[] = []) => {
    const run = await misbehave(lines, leaves);
    expect(run.exit, run.stdout + run.stderr).toBe(1);
    expect(run.stdout).toContain(`[PROGRESS] wave=1 task=task-001 status=failed error=${error}`);
    expect(run.stdout).toContain('task=task-002 status=blocked by=task-001');
    expect(run.stderr).toMatch(says);
    expect(run.stderr).toMatch(/^next: copse .*--retry-failed/m);
    expect(run.stderr, 'what an agent does is no bug of ours').not.toContain('a bug in copse');
    expect(scratch.git('ls-tree', '--name-only', `copse/${run.name}`)).not.toContain('task-00');
    return run;
  };

  it('fails', () => failsWith('echo broken >&2; exit 7', 'exit_code_7', /broken/));
  it('exits 0 without any work', () =>
    failsWith('touch .claude-task-complete; exit 0', 'no_commits', /nothing to land/));
  it('touches what it must not', () =>
    failsWith('echo x > README.md; echo y > task-001.txt', 'boundary_violation', /README\.md/));
  it('is killed', () => failsWith('kill -9 $$', 'signal_sigkill', /SIGKILL/));
  it('deletes its workspace', () => failsWith('cd /; rm -rf "$COPSE_WORKSPACE"', 'no_commits', /nothing to land/));
  it('deletes its workspace and its branch', () =>
    failsWith(
      `git checkout -q --detach && git branch -D feature/task-001 && cd / && rm -rf "$COPSE_WORKSPACE"`,
      'no_commits',
      /neither the workspace nor the branch/,
    ));
  it('makes its workspace no repository any more', () =>
    failsWith('rm .git; echo x > task-001.txt', 'no_commits', /nothing to land/));
  it('ends on a branch of another history', () =>
    failsWith(
      'git switch -q --orphan other && echo x > task-001.txt && git add -A && git commit -qm x',
      'no_commits',
      /ended on other, which does not continue feature\/task-001/,
      ['other'],
    ));

  it('does not commit: what it left is committed for it', async () => {
    const run = await misbehave('echo x > task-001.txt');
    expect(run.exit, run.stderr).toBe(0);
    expect(scratch.git('log', '-1', '--format=%s', 'feature/task-001')).toBe('feat: task-001 Do task-001');
  });

  it('works on a branch of its own: its commits are taken over, and that is told', async () => {
    const run = await misbehave('git switch -qc mine && echo x > task-001.txt && git add -A && git commit -qm mine', [
      'mine',
    ]);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/task-001: the agent worked on mine; its commits were taken over/);
    expect(scratch.git('show', `copse/${run.name}:task-001.txt`)).toBe('x');
  });

  it('writes binary rubbish and terminal sequences on both streams', async () => {
    const run = await misbehave(
      `printf '\\033[2J\\033]0;title\\007\\377\\376\\000' >&2; printf '\\033[31mred\\377'; exit 4`,
    );
    expect(run.exit).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    const logs = await copse('logs', 'task-001');
    expect(logs.stdout).toContain('red');
    expect(logs.stdout).not.toContain('\u001b');
  });

  it('leaves a process behind: it is ended', async () => {
    const run = await misbehave('echo x > task-001.txt; (sleep 300 & echo $! > "$COPSE_WORKSPACE/../pid")');
    expect(run.exit, run.stderr).toBe(0);
    const pid = join(scratch.root, 'workspaces/repo', run.name, 'pid');
    expect(existsSync(pid)).toBe(true);
  });
});

describe('two plans at once in one repository', () => {
  it('both land, and do not see each other', async () => {
    const config = commandAgent(scratch);
    scratchPlan(scratch, { name: 'TS-0001-a', tasks: [{ id: 'task-a', create: ['task-a.txt'] }], config });
    scratchPlan(scratch, { name: 'TS-0002-b', tasks: [{ id: 'task-b', create: ['task-b.txt'] }] });
    const before = usersPart(scratch);
    const runs = await Promise.all([copse('run', 'TS-0001'), copse('run', 'TS-0002')]);
    for (const run of runs) expect(run.exit, run.stderr).toBe(0);
    expect(usersPart(scratch)).toEqual(before);
    expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-a', 'task-a.txt', 'task-b.txt')).toBe('task-a.txt');
    expect((await copse('integrate', 'TS-0001')).exit).toBe(0);
    expect((await copse('integrate', 'TS-0002')).exit).toBe(0);
    expect(scratch.git('ls-tree', '--name-only', 'main', 'task-a.txt', 'task-b.txt')).toBe('task-a.txt\ntask-b.txt');
    for (const name of ['TS-0001', 'TS-0002']) expect((await copse('clean', name)).stdout).not.toMatch(/^kept/m);
  });
});
