import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtCopse, type Copse, journalOf } from '../rig/copse.ts';
import { fileSays } from '../rig/file-says.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// Whole runs of the published package with an agent that speaks ACP: what it asks for, and how it is stopped.

const AGENT = join(import.meta.dirname, '../rig/acp-agent.mjs');

let copse: Copse;
let scratch: Scratch;
beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse?.remove());
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

async function ran(...argv: string[]) {
  const run = copse.start(scratch, argv);
  return { exit: await run.ended, output: run.output() };
}

const steps = (...list: object[]) => `<<ACP>>${JSON.stringify(list)}<</ACP>>`;
const work = { bash: 'echo made > a.txt && git add -A && git commit -qm "feat: a"' };

function plan(does: string, acp: object = {}): void {
  const agents = { acp: { command: [process.execPath, AGENT], ...acp } };
  scratchPlan(scratch, { tasks: [{ id: 'task-001', create: ['a.txt'], does }], config: { agents } });
}

const log = () => readFileSync(join(scratch.repo, 'parallel/TS-0001-scratch/logs/task-001.log'), 'utf8');
const ended = () => journalOf(scratch).flatMap((event) => (event.type === 'attempt.ended' ? [event] : []));

describe('copse run --agent acp', () => {
  it('lets an agent change what is in its workspace, refuses the rest, and lands the task with its cost', async () => {
    const outside = join(scratch.root, 'outside.txt');
    plan(
      steps(
        { ask: { path: 'a.txt' } },
        { ask: { path: outside } },
        { write: { path: outside, content: 'escaped\n' } },
        { ask: { path: join(scratch.repo, 'README.md') } },
        work,
        { cost: 0.25 },
        { say: 'Done.\n```json\n{"task_completed": true, "summary": "Made a."}\n```' },
      ),
    );
    const run = await ran('run', '--agent', 'acp');
    expect(run.exit, run.output).toBe(0);
    expect(scratch.git('show', 'copse/TS-0001-scratch:a.txt')).toBe('made');
    expect(existsSync(outside)).toBe(false);
    const said = log();
    expect(said).toContain('a.txt: once');
    expect(said).toContain(`${outside}: no`);
    expect(said).toContain(`${outside} is outside the workspace`);
    expect(said).toContain(`✗ not allowed: Edit ${join(scratch.repo, 'README.md')}`);
    expect(ended()).toMatchObject([
      {
        outcome: 'success',
        cost: { usd: 0.25, source: 'reported' },
        claim: { task_completed: true, summary: 'Made a.' },
      },
    ]);
  });

  it.each(['', 'deaf'])(
    'Ctrl-C cancels its turn, whether it obeys or not (%j); resume does the rest',
    async (behaviour) => {
      plan(steps({ bash: 'echo half > half.txt' }, { wait: true }), { command: [process.execPath, AGENT, behaviour] });
      const run = copse.start(scratch, ['run', '--agent', 'acp']);
      const transcript = join(scratch.repo, '.git/copse/runs', await runId(), 'attempts/task-001.1/transcript.jsonl');
      await fileSays(transcript, (text) => text.includes('waiting'));
      run.child.kill('SIGINT');
      expect(await run.ended, run.output()).toBe(130);
      expect(ended()).toMatchObject([{ outcome: 'cancelled', head: expect.stringMatching(/^[0-9a-f]{40}$/) }]);
      // What it had done is kept, and none of it lands.
      expect(scratch.git('show', 'feature/task-001:half.txt')).toBe('half');
      plan(steps(work, { say: 'Done.' }));
      const resumed = await ran('resume');
      expect(resumed.exit, resumed.output).toBe(0);
      expect(scratch.git('ls-tree', '--name-only', 'copse/TS-0001-scratch')).not.toContain('half.txt');
    },
  );

  it('a permission that the config withholds fails nothing by itself: evidence decides', async () => {
    plan(steps({ ask: { path: 'a.txt' } }, { say: 'I may not.' }), { permissions: 'none' });
    const run = await ran('run', '--agent', 'acp', '--retries', '0');
    expect(run.exit).toBe(1);
    expect(run.output).toContain('task-001: nothing to land');
    expect(log()).toContain('✗ not allowed: Edit a.txt');
  });
});

/** Of the run that is being started. */
async function runId(): Promise<string> {
  const plan = join(scratch.repo, 'parallel/TS-0001-scratch/logs/.gitignore');
  await fileSays(plan);
  return journalOf(scratch)[0]!.run;
}
