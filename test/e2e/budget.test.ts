import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv } from '../rig/claude.ts';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type ModelServer, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Budgets, with the real Claude Code against a model server on loopback: each of its answers costs half a cent.

let scratch: Scratch;
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server?.stop());
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const NAME = 'TS-0001-scratch';
const copse = (...argv: string[]): Promise<CliRun> =>
  runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, ...claudeEnv(server.url, scratch.root) } });

interface Status {
  outcome: string;
  budget: { what: string; spent: number; limit: number } | null;
  cost: { usd: number; source: string };
  tasks: { id: string; state: string; attempt: number; now: string; cost: { usd: number; source: string } }[];
}
const status = async () => JSON.parse((await copse('status', '--json')).stdout) as Status;

/** Works in one step, which may come twice: a session that was ended in the middle of an answer has one turn more. */
function work(id: string, hold?: string): string {
  const write = `echo 'made by ${id}' > ${id}.txt && git add -A && (git diff --cached --quiet || git commit -qm 'feat: ${id}')`;
  const step = { bash: `${write} && touch .claude-task-complete` };
  return script([{ bash: 'echo begun' }, { ...step, ...(hold && { hold }) }, step, { say: 'Done.' }]);
}
const plan = (hold?: string) =>
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'], does: work('task-001', hold) },
      { id: 'task-002', create: ['task-002.txt'], does: work('task-002') },
    ],
    config: { agents: { claude: { command: claudeBinary() } } },
  });

describe('a budget', () => {
  it('of the run pauses it in the middle of an attempt; a higher one goes on with the session', async () => {
    plan('never');
    const paused = await copse('run', '--max-cost', '0.004', '--max-concurrent', '1');
    expect(paused.exit).toBe(5);
    expect(paused.stdout).toContain('[PROGRESS] execution status=pausing reason=budget');
    expect(paused.stdout).toContain('[PROGRESS] wave=1 task=task-001 status=parked error=paused');
    expect(paused.stdout.trimEnd()).toMatch(/execution status=paused$/);
    expect(paused.stderr).toContain('paused, 0 of 2 tasks integrated');
    const next = /next: copse (resume \S+ --max-cost \S+)/.exec(paused.stderr)![1]!;
    const { outcome, budget, cost, tasks } = await status();
    expect({ outcome, budget }).toMatchObject({ outcome: 'paused', budget: { what: 'cost', limit: 0.004 } });
    expect(cost).toMatchObject({ source: 'estimated' }); // it was ended before it could say what it had cost
    expect(tasks[0]).toMatchObject({ state: 'parked', now: 'paused: budget' });
    expect((await copse('status')).stdout).toMatch(/budget is reached, \$0\.00\d\d of \$0\.0040/);

    const refused = await copse('resume');
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain(next);
    expect((await copse('run')).stderr).toContain(next);

    server.release('never');
    const before = server.requests().at(-1)!.session;
    const done = await copse('resume', '--max-cost', '1');
    expect(done.exit).toBe(0);
    expect(server.requests().some(({ session, messages }) => session === before && messages.length > 4)).toBe(true);
    expect((await status()).tasks.map(({ attempt }) => attempt)).toEqual([2, 1]);
  });

  it('of a task fails it, and says how to go on', async () => {
    plan();
    const run = await copse('run', '--max-task-cost', '0.011', '--max-concurrent', '1');
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('task=task-001 status=failed error=task_budget');
    expect(run.stdout).not.toContain('retrying');
    expect(run.stderr).toMatch(new RegExp(`next: copse run ${NAME} --retry-failed --max-task-cost 0\\.0\\d+`));
    const refused = await copse('run', '--retry-failed');
    expect(refused).toMatchObject({ exit: 5 });
    expect((await copse('run', '--retry-failed', '--max-task-cost', '1')).exit).toBe(0);
  });

  it('that the agent gives no figures for is told up front', async () => {
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
    const run = await copse('run', '--max-cost', '1', '--max-tokens', '1000');
    expect(run.exit).toBe(0);
    expect(run.stderr).toContain('the agent command does not report its cost: --max-cost cannot hold it');
    expect(run.stderr).toContain('does not report its tokens: --max-tokens cannot hold it');
  });
});
