import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// Secrets in every place a run reads from; then nothing that copse wrote may hold them.

const ENV = {
  ANTHROPIC_API_KEY: ['sk-', 'ant-api03-', 'q9W8e7R6'.repeat(5)].join(''),
  DEPLOY_TOKEN: 'zx81"spectrum/48k+plus',
  DB_PASSWORD: 'correct-horse-battery',
};
/** Known by its look alone. */
const FOREIGN = ['ghp', '_', 'a1B2c3D4'.repeat(5)].join('');
const SECRETS = [...Object.values(ENV), FOREIGN, JSON.stringify(ENV.DEPLOY_TOKEN).slice(1, -1)];

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const cli = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, ...ENV } });

/** Files below a folder that hold one of the secrets. */
function leaks(folder: string, except: RegExp, secrets = SECRETS): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => !except.test(path) && statSync(join(folder, path), { throwIfNoEntry: false })?.isFile())
    .filter((path) => secrets.some((secret) => readFileSync(join(folder, path)).includes(secret)));
}

describe('a run with secrets everywhere', () => {
  it('writes none of them, and shows none of them', async () => {
    const says = [
      `printf '%s ' "$ANTHROPIC_API_KEY" "$DEPLOY_TOKEN"; echo "$DB_PASSWORD"; echo "${FOREIGN}"`,
      `echo "failed with $DEPLOY_TOKEN at https://ada:$DB_PASSWORD@example.org/x" >&2`,
    ];
    const work = 'echo "$1" > "$1.txt"; git add -A; git commit -qm "feat: $1"';
    const cases = {
      // Fails with the key in its last words, and again.
      'task-001': `${says.join('\n')}\n[ "$COPSE_ATTEMPT_NUMBER" = 2 ] || exit 1\n${work}`,
      'task-002': `${says.join('\n')}\n${work}`,
    };
    const name = scratchPlan(scratch, {
      tasks: [
        { id: 'task-001', create: ['task-001.txt'], does: `- use ${ENV.DEPLOY_TOKEN}\n- and ${FOREIGN}` },
        { id: 'task-002', create: ['task-002.txt'], wave: 2, deps: ['task-001'] },
      ],
      validation: { 2: `echo "$DEPLOY_TOKEN"; echo "$DB_PASSWORD ${'x'.repeat(10)}" >&2; exit 1` },
      config: commandAgent(scratch, cases),
    });
    const said = [];
    for (const argv of [
      ['validate'],
      ['prompts'],
      ['run', '--retries', '1', '--json'],
      ['status'],
      ['status', '--json'],
      ['logs', 'task-001'],
      ['logs', 'task-001', '--attempt', '1', '--json'],
      ['logs', 'task-002', '--stderr'],
      ['logs', 'task-001', '--prompt'],
      ['integrate', '--partial'],
      ['integrate', '--json'],
      ['run', ENV.DEPLOY_TOKEN],
    ]) {
      const { stdout, stderr } = await cli(...argv);
      said.push({ argv, text: `${stdout}${stderr}` });
    }
    for (const { argv, text } of said) {
      expect(
        SECRETS.filter((secret) => text.includes(secret)),
        argv.join(' '),
      ).toEqual([]);
    }
    expect(said[0]!.text).toContain('secret-in-plan');
    expect(said[5]!.text).toContain('‹ANTHROPIC_API_KEY›');
    const events = journalOf(scratch);
    expect(events.map(({ type }) => type)).toContain('wave.failed');
    expect(JSON.stringify(events)).toContain('‹DEPLOY_TOKEN›');
    expect(events.filter(({ type }) => type === 'attempt.started')).toHaveLength(3);
    // The plan is the user's own, transcripts and stderr are the agent's own, both readable by their owner alone.
    const runs = join(scratch.repo, '.git/copse');
    expect(leaks(runs, /(transcript\.jsonl|stderr\.log)$/)).toEqual([]);
    for (const path of readdirSync(runs, { recursive: true }) as string[]) {
      if (/(transcript\.jsonl|stderr\.log|prompt\.txt)$/.test(path))
        expect(statSync(join(runs, path)).mode & 0o077).toBe(0);
    }
    expect(leaks(join(scratch.repo, 'parallel', name), /^(tasks|logs)\//)).toEqual([]);
    expect(scratch.git('log', '--all', '--format=%B')).not.toContain(ENV.DEPLOY_TOKEN);
  });

  it('nor those that only the config names, or sets for an agent that speaks another language', async () => {
    const [licence, form, own] = ['green-fields-4', 'acme-0123456789', 'kq3v9z1b7m5x'];
    const says = {
      type: 'item.completed',
      item: { id: '1', type: 'agent_message', text: `${licence} ${form} ${own}` },
    };
    const runs = { type: 'item.started', item: { id: '2', type: 'command_execution', command: `curl -H ${own}` } };
    const fails = { type: 'turn.failed', error: { message: `refused ${licence} ${form} ${own}` } };
    const script = join(scratch.root, 'codex.sh');
    writeFileSync(
      script,
      [
        '#!/bin/sh',
        '[ "$1" != --version ] || exec echo codex-cli 0.169.0',
        ...[says, runs, fails].map((line) => `echo '${JSON.stringify(line)}'`),
        'cat >/dev/null',
      ].join('\n'),
      { mode: 0o755 },
    );
    const name = scratchPlan(scratch, {
      tasks: [{ id: 'task-001', create: ['a.txt'], does: `- use ${licence} and ${form}` }],
      config: {
        agent: 'codex',
        agents: { codex: { command: script, env: { VENDOR_TOKEN: own } } },
        secrets: { mask: ['ACME_*', '/acme-[0-9]{10}/'] },
      },
    });
    const env = { ...scratch.env, ACME_LICENCE: licence };
    const hidden = [licence, form, own];
    for (const argv of [
      ['validate'],
      ['prompts'],
      ['run', '--retries', '1'],
      ['status', '--json'],
      ['logs', 'task-001'],
    ]) {
      const { stdout, stderr } = await runCli(argv, { cwd: scratch.repo, env });
      const text = stdout + stderr;
      expect(
        hidden.filter((each) => text.includes(each)),
        argv.join(' '),
      ).toEqual([]);
      if (argv[0] === 'logs') expect(text).toContain('‹ACME_LICENCE› ‹secret› ‹VENDOR_TOKEN›');
    }
    expect(JSON.stringify(journalOf(scratch))).toContain('refused ‹ACME_LICENCE› ‹secret› ‹VENDOR_TOKEN›');
    expect(leaks(join(scratch.repo, '.git/copse'), /(transcript\.jsonl|stderr\.log)$/, hidden)).toEqual([]);
    expect(leaks(join(scratch.repo, 'parallel', name), /^(tasks|logs)\//, hidden)).toEqual([]);
  });

  it('hands the keys of agents to agents alone, and other variables to what the user wrote', async () => {
    const seen = (file: string) => `env > "${join(scratch.root, file)}"`;
    scratchPlan(scratch, {
      tasks: [{ id: 'task-001', create: ['task-001.txt'] }],
      validation: { 1: seen('validation') },
      config: {
        ...commandAgent(scratch, {
          'task-001': `${seen('agent')}\necho x > task-001.txt; git add -A; git commit -qm x`,
        }),
        workspace: { setup: seen('setup') },
        secrets: { pass: ['GEMINI_API_KEY'] },
      },
    });
    const env = { ...scratch.env, ...ENV, GEMINI_API_KEY: 'AIxaB3xYz9QcD4wVu8P' };
    expect((await runCli(['run'], { cwd: scratch.repo, env })).exit).toBe(0);
    const names = (file: string) =>
      readFileSync(join(scratch.root, file), 'utf8')
        .split('\n')
        .map((line) => line.split('=')[0]);
    expect(names('agent')).toEqual(expect.arrayContaining(['ANTHROPIC_API_KEY', 'DEPLOY_TOKEN']));
    for (const file of ['validation', 'setup']) {
      expect(names(file)).toEqual(expect.arrayContaining(['DEPLOY_TOKEN', 'GEMINI_API_KEY']));
      expect(names(file)).not.toContain('ANTHROPIC_API_KEY');
    }
  });

  it('does not land a commit with the value of a key, not even one that was taken back', async () => {
    scratchPlan(scratch, {
      tasks: [
        { id: 'task-001', create: ['a.txt'] },
        { id: 'task-002', create: ['b.txt'] },
        { id: 'task-003', create: ['c.txt'] },
      ],
      config: commandAgent(scratch, {
        'task-001':
          'echo "key = $ANTHROPIC_API_KEY" > a.txt; git add -A; git commit -qm one; echo none > a.txt; git commit -qam two',
        'task-002': 'printenv DEPLOY_TOKEN > b.txt; git add -A; git commit -qm x',
        'task-003': `echo "${FOREIGN}" > c.txt; git add -A; git commit -qm x`,
      }),
    });
    const { exit, stderr } = await cli('run', '--retries', '0');
    expect([exit, stderr]).toEqual([1, expect.stringContaining('committed a secret of the environment')]);
    const failed = journalOf(scratch).flatMap((event) => (event.type === 'attempt.failed' ? [event] : []));
    expect(failed.map(({ task, failure }) => [task, failure.code]).sort()).toEqual([
      ['task-001', 'secret'],
      ['task-002', 'secret'],
    ]);
    const verified = journalOf(scratch).find((event) => event.type === 'attempt.verified');
    expect(JSON.stringify(verified)).toContain('looks-secret');
  });
});
