import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv } from '../rig/claude.ts';
import { type CliOptions, type CliRun, runCli } from '../rig/cli.ts';
import { type ModelServer, type Step, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Runs whose account is limited: with shell scripts, and with the real Claude Code against a model server on loopback.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const NAME = 'TS-0001-scratch';
const copse = (argv: string[], options: Partial<CliOptions> = {}): Promise<CliRun> =>
  runCli(argv, { cwd: scratch.repo, env: scratch.env, ...options });

interface Status {
  outcome: string | null;
  parked: { account: string; until: number; resetsAt: number | null; reason: string }[];
  tasks: { id: string; state: string; attempt: number; now: string; cost: { usd: number; source: string } }[];
}
const status = async () => JSON.parse((await copse(['status', '--json'])).stdout) as Status;

const TWO = [
  { id: 'task-001', create: ['task-001.txt'] },
  { id: 'task-002', create: ['task-002.txt'] },
];
const WORK = 'echo "made by $1" > "$1.txt"; git add -A; git commit -qm "feat: $1"; touch .claude-task-complete';
/** Notes that it was started, and ends with a limit unless the file `open` is there. */
const limited = (says: string) =>
  `echo "$1.$2" >> "${scratch.root}/started"\nif [ -e "${scratch.root}/open" ]; then ${WORK}; else echo '${says}'; exit 75; fi`;
const started = () => readFileSync(join(scratch.root, 'started'), 'utf8').trim().split('\n');
const open = () => writeFileSync(join(scratch.root, 'open'), '');

/** Starts a run and ends it by SIGINT as soon as its account is parked. */
async function runUntilParked(...argv: string[]): Promise<CliRun> {
  const controller = new AbortController();
  let written = '';
  const run = copse(argv, {
    signal: controller.signal,
    onOutput: (text) => {
      written += text;
      if (written.includes('status=parked until')) controller.abort('SIGINT');
    },
  });
  return run;
}

describe('a command whose account is limited', () => {
  it('parks the run: nothing more starts, an interrupt ends it at once, and resume waits for the gate', async () => {
    const resets = new Date(Date.now() + 3_600_000).toISOString();
    const says = limited(`{"resets_at": "${resets}"}`);
    shellPlan(scratch, { tasks: TWO }, { 'task-001': says, 'task-002': says });
    const run = await runUntilParked('run', '--max-concurrent', '1');
    expect(run.exit).toBe(130);
    expect(run.stdout).toMatch(/\[PROGRESS\] execution status=parked until=\S+Z reason=usage_limit by=task-001\n/);
    expect(run.stdout).toContain('task=task-001 status=parked error=rate_limited');
    expect(started()).toEqual(['task-001.1']);

    const { parked, tasks } = await status();
    expect(parked).toMatchObject([{ account: 'command', resetsAt: Date.parse(resets), reason: 'usage-limit' }]);
    expect(parked[0]!.until).toBeGreaterThanOrEqual(Date.parse(resets));
    expect(tasks[0]).toMatchObject({
      state: 'parked',
      now: expect.stringMatching(/^parked until (\w+ \d+ )?\d\d:\d\d$/),
    });
    expect((await copse(['status'])).stdout).toMatch(/command is parked until .*\d\d:\d\d, for \w+: /);

    // The gate is in the journal: a restart starts nothing either.
    const controller = new AbortController();
    const again = copse(['resume'], {
      signal: controller.signal,
      onOutput: (text) => text.includes('task=') && controller.abort('SIGTERM'),
    });
    setImmediate(() => controller.abort('SIGTERM'));
    expect((await again).exit).toBe(143);
    expect(started()).toEqual(['task-001.1']);

    open();
    const now = await copse(['resume', '--now']);
    expect(now.exit).toBe(0);
    expect(now.stdout).toContain('execution status=reopened');
    expect(started().slice(1).sort()).toEqual(['task-001.2', 'task-002.1']);
    expect((await status()).parked).toEqual([]);
  });

  it('wakes at the reset, with one attempt first; the one that was ended costs no attempt', async () => {
    const says = limited('quota used up, try again in 1 seconds');
    shellPlan(
      scratch,
      { tasks: [...TWO, { id: 'task-003', create: ['task-003.txt'] }] },
      { 'task-001': `${says}; `, 'task-002': says, 'task-003': says },
    );
    let parks = 0;
    const run = await copse(['run', '--max-concurrent', '1', '--retries', '0'], {
      onOutput: (text) => {
        if (text.includes('status=parked until') && ++parks === 2) open();
      },
    });
    expect(run.exit).toBe(0);
    expect(started().slice(0, 2)).toEqual(['task-001.1', 'task-001.2']);
    expect(run.stdout.match(/execution status=parked/g)).toHaveLength(2);
    expect(run.stdout.match(/execution status=reopened/g)).toHaveLength(1);
    expect((await status()).tasks.map(({ attempt }) => attempt)).toEqual([3, 1, 1]);
  });
});

describe('the real Claude Code whose account is limited', () => {
  let server: ModelServer;
  beforeAll(async () => {
    server = await startModelServer();
  });
  afterAll(() => server?.stop());

  const work = (id: string, ...before: Step[]): string =>
    script([
      ...before,
      { write: { path: `${id}.txt`, content: `made by ${id}\n` } },
      { bash: `git add -A && git commit -qm 'feat: ${id}' && touch .claude-task-complete` },
      { say: 'Done.\n```json\n{"task_completed": true}\n```' },
    ]);
  const env = (): NodeJS.ProcessEnv => ({
    ...scratch.env,
    ...claudeEnv(server.url, scratch.root),
    CLAUDE_CODE_MAX_RETRIES: '0',
  });

  it('is parked, and its session goes on in the same workspace after the reset', async () => {
    const limit = { status: 429, times: 1, counted: NAME, message: 'usage limit reached · resets in 2 seconds' };
    scratchPlan(scratch, {
      tasks: [
        { id: 'task-001', create: ['task-001.txt'], does: work('task-001', { bash: 'echo half > half.txt' }, limit) },
        { id: 'task-002', create: ['task-002.txt'], does: work('task-002') },
      ],
      config: { agents: { claude: { command: claudeBinary() } } },
    });
    const before = server.requests().length;
    const run = await copse(['run', '--max-concurrent', '1'], { env: env() });
    expect(run).toMatchObject({ exit: 0 });
    expect(run.stdout).toContain('status=parked error=rate_limited');
    const requests = server.requests().slice(before);
    const at = requests.findIndex((request) => request.status === 429);
    // The next request of all comes from the same session, after the reset: no other agent was started meanwhile.
    const [refused, next] = [requests[at]!, requests[at + 1]!];
    expect(next.session).toBe(refused.session);
    expect(next.at - refused.at).toBeGreaterThanOrEqual(1900);
    expect(JSON.stringify(next.messages)).toContain('go on with the task where you stopped');
    expect(JSON.stringify(next.messages)).toContain('echo half > half.txt');
    const { tasks } = await status();
    expect(tasks.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['integrated', 2],
      ['integrated', 1],
    ]);
    // What the session had cost before is not counted a second time: four answers against three of the same size.
    expect(tasks[0]!.cost).toMatchObject({ source: 'reported' });
    expect(tasks[0]!.cost.usd / tasks[1]!.cost.usd).toBeCloseTo(4 / 3, 1);
    expect(scratch.git('ls-tree', '-r', '--name-only', `copse/${NAME}`)).toContain('half.txt');
    expect(existsSync(join(scratch.root, 'workspaces'))).toBe(true);
  });
});
