import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv, sdkModule } from '../rig/claude.ts';
import { builtCopse, type Copse, journalOf } from '../rig/copse.ts';
import { fileSays } from '../rig/file-says.ts';
import { type ModelServer, type Step, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchPlan, scratchPlan } from '../rig/scratch-plan.ts';

// Whole runs of the published package with the real Claude Agent SDK and Claude Code against a model server on loopback.

let copse: Copse;
let server: ModelServer;
let scratch: Scratch;

beforeAll(async () => {
  copse = builtCopse();
  server = await startModelServer();
});
afterAll(async () => {
  await server?.stop();
  copse?.remove();
});
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const start = (...argv: string[]) => copse.start(scratch, argv, claudeEnv(server.url, scratch.root));
async function ran(...argv: string[]) {
  const run = start(...argv);
  return { exit: await run.ended, output: run.output() };
}

const plan = (what: ScratchPlan, module: string = sdkModule()) =>
  scratchPlan(scratch, {
    ...what,
    config: { agents: { claude: { command: claudeBinary() }, 'claude-sdk': { module } } },
  });

/** Write a file, commit it, touch the marker, claim. */
const work = (id: string, file: string, ...before: Step[]) =>
  script([
    ...before,
    { write: { path: file, content: `made by ${id}\n` } },
    { bash: `git add -A && git commit -qm 'feat: ${id}' && touch .claude-task-complete` },
    { tool: { name: 'StructuredOutput', args: { task_completed: true, summary: `Made ${file}.` } } },
  ]);

const latestRun = () => readdirSync(join(scratch.repo, '.git/copse/runs')).sort().at(-1)!;
const ends = () => journalOf(scratch).flatMap((event) => (event.type === 'attempt.ended' ? [event] : []));
const spawns = () => journalOf(scratch).filter(({ type }) => type === 'attempt.spawned');

describe('copse run --agent claude-sdk', () => {
  it('lands two tasks, each with its cost and its claim', async () => {
    plan({
      tasks: [
        { id: 'task-001', create: ['a'], does: work('task-001', 'a') },
        { id: 'task-002', create: ['b'], wave: 2, deps: ['task-001'], does: work('task-002', 'b') },
      ],
    });
    const run = await ran('run', '--agent', 'claude-sdk');
    expect(run, run.output).toMatchObject({ exit: 0 });
    expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch', 'a', 'b')).toBe('a\nb');
    for (const end of ends()) {
      expect(end).toMatchObject({
        outcome: 'success',
        marker: true,
        claim: { task_completed: true },
        cost: { usd: 0.015, source: 'reported' },
      });
    }
    const [system, ...others] = server
      .requests()
      .at(-1)!
      .messages.map((message) => JSON.stringify(message));
    expect(system).toContain('A scratch project.');
    expect(others.join('')).not.toContain('A scratch project.');
    expect((await ran('logs', 'task-002')).output).toContain('→ StructuredOutput Made b.');
  });

  it('is refused before anything is changed when the SDK is not there', async () => {
    plan({ tasks: [{ id: 'task-001', create: ['a'], does: work('task-001', 'a') }] }, './no/sdk');
    const refs = scratch.git('for-each-ref');
    const run = await ran('run', '--agent', 'claude-sdk');
    expect(run.exit).toBe(7);
    expect(run.output).toContain('the Claude Agent SDK was not found');
    expect(run.output).toContain('npm install --save-dev @anthropic-ai/claude-agent-sdk');
    expect(scratch.git('for-each-ref')).toBe(refs);
  });

  it('is stopped by Ctrl-C, knows what that cost, and resume does the rest', async () => {
    plan({
      tasks: [
        {
          id: 'task-001',
          create: ['a'],
          does: work('task-001', 'a', { bash: 'echo 1' }, { bash: 'echo 2', hold: 'stop' }),
        },
      ],
    });
    const run = start('run', '--agent', 'claude-sdk');
    await server.held('stop');
    run.child.kill('SIGINT');
    expect(await run.ended, run.output()).toBe(130);
    expect(ends()).toMatchObject([{ outcome: 'cancelled', cost: { usd: 0.005, source: 'reported' } }]);
    server.release('stop');
    const resumed = await ran('resume');
    expect(resumed, resumed.output).toMatchObject({ exit: 0 });
  });

  it('lives on when copse is killed; resume takes it over', async () => {
    plan({
      tasks: [{ id: 'task-001', create: ['a'], does: work('task-001', 'a', { bash: 'echo 1', hold: 'kill' }) }],
    });
    const run = start('run', '--agent', 'claude-sdk');
    await server.held('kill');
    run.child.kill('SIGKILL');
    expect(await run.ended).toBe('SIGKILL');
    const resumed = start('resume');
    const isTakenOver = (text: string) => text.split('"attempt.spawned"').length === 3;
    await fileSays(join(scratch.repo, '.git/copse/runs', latestRun(), 'journal.jsonl'), isTakenOver);
    server.release('kill');
    expect(await resumed.ended, resumed.output()).toBe(0);
    expect(ends()).toMatchObject([{ attempt: 1, outcome: 'success', cost: { usd: 0.02, source: 'reported' } }]);
    expect(new Set(spawns().map((event) => (event as { pid: number }).pid)).size).toBe(1);
    expect(scratch.git('show', 'copse/TS-0001-scratch:a')).toBe('made by task-001');
  });

  it.each(['off', 'on'])(
    'that reaches the budget pauses with its exact cost, and its session goes on; sandbox %s',
    async (sandbox) => {
      const usage = { input_tokens: 100_000, output_tokens: 1000 };
      plan({
        tasks: [
          {
            id: 'task-001',
            create: ['a'],
            does: work('task-001', 'a', { bash: 'echo 1', usage }, { bash: 'echo 2', hold: sandbox }),
          },
        ],
      });
      const run = await ran('run', '--agent', 'claude-sdk', '--max-cost', '0.1', '--sandbox', sandbox);
      expect(run, run.output).toMatchObject({ exit: 5 });
      const [paused] = ends();
      expect(paused).toMatchObject({ outcome: 'paused', cost: { source: 'reported' } });
      server.release(sandbox);
      const resumed = await ran('resume', '--max-cost', '10');
      expect(resumed, resumed.output).toMatchObject({ exit: 0 });
      const sessions = spawns().map((event) => (event as { session?: string }).session);
      expect(new Set(sessions).size).toBe(1);
      expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('# scratch\n');
    },
  );
});
