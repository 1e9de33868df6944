import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AgentAdapter,
  type CustomGate,
  integrate,
  loadPlan,
  type Refusal,
  type RunEvent,
  type RunOptions,
  resume,
  run,
  runs,
  status,
} from '../../src/index.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// The library as a program of its own would use it: the public names only, real git, real processes.

let scratch: Scratch;
let place: { repository: string; env: NodeJS.ProcessEnv };
beforeEach(() => {
  scratch = scratchRepository();
  place = { repository: scratch.repo, env: scratch.env };
});
afterEach(() => scratch.remove());

const tasks = [
  { id: 'task-001', create: ['task-001.txt'] },
  { id: 'task-002', create: ['task-002.txt'], deps: ['task-001'], wave: 2 },
];

/** A plan of two tasks, carried out by shell lines. */
function plan(cases: Record<string, string> = {}, name = 'TS-0001-scratch'): string {
  return scratchPlan(scratch, { name, tasks, config: commandAgent(scratch, cases) });
}

/** Shell lines of an agent that stays until it is ended. */
const HELD = `touch "$COPSE_WORKSPACE.held"; exec sleep 600`;

/** Every name of the repository that a run could change. */
const refs = () => scratch.git('for-each-ref', '--format=%(refname) %(objectname)');

const refusal = (work: PromiseLike<unknown>): Promise<Refusal> =>
  Promise.resolve(work).then(
    () => expect.unreachable('it should refuse'),
    (error) => error,
  );

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('loadPlan', () => {
  it('gives the plan, where it lies, and every finding as data', async () => {
    plan();
    const good = await loadPlan('TS-0001', place);
    expect(good).toMatchObject({
      ok: true,
      repository: scratch.repo,
      folder: join(scratch.repo, 'parallel/TS-0001-scratch'),
    });
    expect(good.plan?.tasks.map(({ id }) => id)).toEqual(['task-001', 'task-002']);

    scratch.write(
      'parallel/TS-0001-scratch/tasks/task-002.md',
      '---\nid: task-002\nwave: 2\ndeps: [task-009]\n---\n# x\n',
    );
    const bad = await loadPlan('parallel/TS-0001-scratch', place);
    expect(bad.ok).toBe(false);
    expect(bad.diagnostics).toContainEqual(
      expect.objectContaining({ level: 'error', file: 'tasks/task-002.md', line: 4 }),
    );
    expect(await refusal(run(bad, place))).toMatchObject({ name: 'Refusal', code: 'plan-invalid', exit: 3 });
  });

  it('refuses a name that no plan has', async () => {
    plan();
    expect(await refusal(loadPlan('TS-0009', place))).toMatchObject({
      code: 'plan-not-found',
      exit: 2,
      hint: expect.any(String),
    });
  });
});

describe('run', () => {
  it('is a promise of its result and all events on the way, whenever they are read', async () => {
    plan();
    const running = run(await loadPlan('TS-0001', place), { env: scratch.env });
    const seen: RunEvent[] = [];
    for await (const event of running) seen.push(event);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, at) => at + 1));
    expect(seen.at(0)?.type).toBe('run.created');
    expect(seen.at(-1)).toMatchObject({ type: 'run.finished', outcome: 'integrated' });

    const result = await running;
    expect(result).toMatchObject({ outcome: 'integrated', exitCode: 0, summary: { plan: 'TS-0001-scratch' } });
    expect(result.state.tasks.get('task-002')?.status).toMatchObject({ is: 'integrated', commits: 1 });
    const late: RunEvent[] = [];
    for await (const event of running.events()) late.push(event);
    expect(late).toEqual(seen);

    const landed = await integrate(result.summary.run, place);
    expect(landed).toMatchObject({ exitCode: 0, target: 'main', landing: { landed: true } });
    expect(existsSync(landed.files.text!)).toBe(true);
    expect(readFileSync(join(scratch.repo, 'task-002.txt'), 'utf8')).toBe('made by task-002\n');
    expect(await status(undefined, place)).toMatchObject({ alive: false, summary: { landed: true } });
  });

  it('rejects with a refusal and changes nothing when it cannot begin', async () => {
    plan();
    const before = refs();
    expect(await refusal(run('TS-0001', { ...place, agent: 'nobody' }))).toMatchObject({
      code: 'unknown-agent',
      exit: 2,
    });
    const iterated = (async () => {
      for await (const event of run('TS-0009', place)) expect.unreachable(event.type);
    })();
    expect(await refusal(iterated)).toMatchObject({ code: 'plan-not-found' });
    const aborted = run('TS-0001', { ...place, signal: AbortSignal.abort(new Error('too late')) });
    expect(await refusal(aborted)).toMatchObject({ message: 'too late' });
    expect(refs()).toBe(before);
    expect(existsSync(join(scratch.repo, '.git/copse'))).toBe(false);
  });

  it.each<[unknown, string, string]>([
    [{ maxConcurent: 3 }, 'run: there is no option maxConcurent', 'did you mean maxConcurrent?'],
    [{ maxConcurrent: 0 }, 'run: maxConcurrent: ', 'correct maxConcurrent'],
    [{ timeout: '2h' }, 'run: timeout: ', 'correct timeout'],
    [{ agents: { mine: { command: 'x' } } }, 'run: agents.mine: needs the methods command, reader, check, render', ''],
    [{ gates: [() => null] }, 'run: gates.0: ', ''],
    [{ signal: 'SIGINT' }, 'run: signal: is no AbortSignal', ''],
  ])('refuses the options %j', async (options, message, hint) => {
    const refused = await refusal(run('TS-0001', { ...place, ...(options as RunOptions) }));
    expect(refused).toMatchObject({ code: 'bad-option', exit: 2 });
    expect(refused.message).toContain(message);
    expect(refused.hint).toContain(hint);
  });

  it('what fails inside it is data', async () => {
    plan({ 'task-001': 'echo nothing' });
    const result = await run('TS-0001', { ...place, retries: 0 });
    expect(result).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(result.state.tasks.get('task-001')?.status).toMatchObject({ is: 'failed', failure: { code: 'no-commits' } });
    expect(await refusal(integrate('TS-0001', place))).toMatchObject({ code: 'nothing-integrated', exit: 6 });
    expect(await refusal(run('TS-0001', place))).toMatchObject({ code: 'run-failed', exit: 2 });
  });

  it('tells what a person should know to who asks for it, and two of them share a process', async () => {
    plan();
    plan({}, 'TS-0002-other');
    scratch.write('README.md', 'changed\n');
    const warnings: string[] = [];
    const config = { ...place, onWarning: (message: string) => warnings.push(message) };
    scratch.write('copse.config.json', JSON.stringify({ ...commandAgent(scratch), branchPrefix: 'one/' }));
    const one = run('TS-0001', config);
    for await (const event of one.events()) if (event.type === 'run.opened') break;
    scratch.write('copse.config.json', JSON.stringify({ ...commandAgent(scratch), branchPrefix: 'two/' }));
    expect(await refusal(run('TS-0001', place))).toMatchObject({ code: 'run-held', exit: 7 });
    const results = await Promise.all([one, run('TS-0002', config)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['integrated', 'integrated']);
    const all = await runs(place);
    expect(all.map(({ summary }) => summary.plan)).toEqual(['TS-0002-other', 'TS-0001-scratch']);
    expect(warnings).toContainEqual(expect.stringMatching(/uncommitted changes are not part of the run/));
  });
});

describe('stopping', () => {
  it('an abort ends the agents, and resume goes on', async () => {
    plan({ 'task-002': HELD });
    const stop = new AbortController();
    const running = run('TS-0001', { ...place, signal: stop.signal });
    let pid = 0;
    for await (const event of running) {
      if (event.type !== 'attempt.spawned' || event.task !== 'task-002') continue;
      pid = event.pid;
      expect(lives(pid)).toBe(true);
      stop.abort('SIGINT');
    }
    expect(await running).toMatchObject({ outcome: 'stopped', exitCode: 130 });
    expect(lives(pid)).toBe(false);

    commandAgent(scratch); // the same script, which works now
    const resumed = resume('TS-0001', place);
    const seen: RunEvent[] = [];
    for await (const event of resumed) seen.push(event);
    expect(seen[0]).toMatchObject({ type: 'run.opened', epoch: 2 });
    expect(await resumed).toMatchObject({ outcome: 'integrated', exitCode: 0 });
    expect(await resume('TS-0001', place)).toMatchObject({ outcome: 'integrated', exitCode: 0 });
  });

  it.each(['break', 'throw'])(
    'leaving the loop by %s stops the run, and waits until nothing of it runs',
    async (how) => {
      plan({ 'task-001': HELD });
      const running = run('TS-0001', place);
      let pid = 0;
      const look = async () => {
        for await (const event of running) {
          if (event.type !== 'attempt.spawned') continue;
          pid = event.pid;
          if (how === 'break') break;
          throw new Error('a bug of the caller');
        }
      };
      if (how === 'break') await look();
      else await expect(look()).rejects.toThrow('a bug of the caller');
      expect(lives(pid)).toBe(false);
      expect(await status('TS-0001', place)).toMatchObject({ alive: false, summary: { outcome: 'stopped' } });
      expect(await running).toMatchObject({ outcome: 'stopped', exitCode: 143 });
    },
  );

  it('leaving events() leaves the run alone; an agent that does not listen is ended at once in a hurry', async () => {
    plan({ 'task-001': `trap '' TERM INT; touch "$COPSE_WORKSPACE.held"; while :; do sleep 1; done` });
    const stop = new AbortController();
    const hurry = new AbortController();
    const running = run('TS-0001', { ...place, signal: stop.signal, hurry: hurry.signal });
    let pid = 0;
    for await (const event of running.events()) {
      if (event.type !== 'attempt.spawned') continue;
      pid = event.pid;
      break;
    }
    expect(lives(pid)).toBe(true);
    expect((await status('TS-0001', place)).alive).toBe(true);
    stop.abort();
    hurry.abort();
    expect(await running).toMatchObject({ outcome: 'stopped' });
    expect(lives(pid)).toBe(false);
  });
});

describe('parts of the caller', () => {
  /** As short as one can be: a shell line, and its exit status as the verdict. */
  const mine = (line: string): AgentAdapter => ({
    name: 'mine',
    command: ({ task }) => ({ argv: ['/bin/sh', '-c', line, 'sh', task], env: { SEEN: 'yes' }, stdin: 'prompt' }),
    reader: () => ({
      line: (text) => [{ type: 'activity', activity: { kind: 'text', summary: text } }],
      verdict: (exit) => ({
        outcome: exit === 0 ? 'success' : 'crashed',
        message: `ended with ${exit}`,
        claim: null,
        tokens: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
        cost: { usd: 0.25, source: 'reported' },
      }),
    }),
    check: async () => ({ ok: true, version: '1', path: '/bin/sh' }),
    render: (line) => line,
  });
  const WORK = 'echo "$SEEN" > "$1.txt"; git add -A; git commit -qm "feat: $1"; echo done';

  it('an agent is an object', async () => {
    plan();
    const result = await run('TS-0001', { ...place, agent: 'mine', agents: { mine: mine(WORK) } });
    expect(result).toMatchObject({ outcome: 'integrated', summary: { cost: { usd: 0.5, source: 'reported' } } });
    expect(scratch.git('show', 'copse/TS-0001-scratch:task-002.txt')).toBe('yes');
  });

  it('a gate says no, the retry is told, and what it lets through lands with its evidence', async () => {
    plan({
      'task-001':
        'grep "license header" >&2 || true; cat "$COPSE_PROMPT_FILE" > "$COPSE_WORKSPACE.$COPSE_ATTEMPT_NUMBER"; [ "$COPSE_ATTEMPT_NUMBER" = 1 ] || echo "// license" > task-001.txt; echo x >> task-001.txt; git add -A; git commit -qm x',
    });
    const asked: string[] = [];
    const license: CustomGate = {
      name: 'license',
      async check({ task, attempt, workspace, changes }) {
        asked.push(`${task.id}.${attempt} ${changes.map(({ path }) => path)}`);
        const missing =
          task.id === 'task-001' && !readFileSync(join(workspace, 'task-001.txt'), 'utf8').startsWith('// license');
        if (missing) return { verdict: 'fail', summary: 'task-001.txt has no license header', details: { files: 1 } };
        return { verdict: 'pass', summary: 'every file has its license' };
      },
    };
    const result = await run('TS-0001', { ...place, gates: [license] });
    expect(asked).toEqual(['task-001.1 task-001.txt', 'task-001.2 task-001.txt', 'task-002.1 task-002.txt']);
    expect(result.outcome).toBe('integrated');
    const [first, second] = result.state.tasks.get('task-001')!.attempts;
    expect(first?.failure).toEqual({ code: 'gate', gate: 'license', message: 'task-001.txt has no license header' });
    expect(first?.evidence.at(-1)).toMatchObject({ gate: 'custom:license', verdict: 'fail', details: { files: 1 } });
    expect(second?.evidence).toContainEqual({
      gate: 'custom:license',
      verdict: 'pass',
      summary: 'every file has its license',
    });
    expect(readFileSync(`${second?.workspace}.2`, 'utf8')).toContain(
      'the gate license says no: task-001.txt has no license header',
    );
  });

  it('a gate is not asked about what ours refuse; one that throws or says nothing fails the task', async () => {
    plan({ 'task-001': 'echo nothing' });
    const gates = [{ name: 'broken', check: () => undefined as never }];
    const first = await run('TS-0001', { ...place, retries: 0, gates });
    expect(first.state.tasks.get('task-001')?.status).toMatchObject({ failure: { code: 'no-commits' } });
    commandAgent(scratch);
    const second = await resume('TS-0001', { ...place, retryFailed: true, gates });
    expect(second.state.tasks.get('task-001')?.status).toMatchObject({
      is: 'failed',
      failure: { code: 'internal', message: expect.stringContaining('the gate broken gave no verdict') },
    });
  });

  it('what throws in an agent of the caller fails its task, and the others go on', async () => {
    const bug = (): never => {
      throw new Error('a bug of the caller');
    };
    const whole = mine(WORK);
    const reader = whole.reader({} as never);
    const agents = {
      starts: { ...whole, command: bug },
      reads: { ...whole, reader: () => ({ ...reader, line: bug }) },
      judges: { ...whole, reader: () => ({ ...reader, verdict: bug }) },
      works: whole,
    };
    const names = Object.keys(agents);
    const tasks = names.map((agent) => ({ id: `task-${agent}`, create: [`task-${agent}.txt`], agent }));
    scratchPlan(scratch, { tasks, config: { agent: 'command', agents: { command: { command: ['true'] } } } });
    const { outcome, state } = await run('TS-0001', { ...place, agents });
    expect(outcome).toBe('failed');
    const codes = [...state.tasks.values()].map(({ status }) =>
      status.is === 'failed' ? status.failure.code : status.is,
    );
    expect(codes).toEqual(['internal', 'internal', 'internal', 'integrated']);
  });

  it('workspaces build on ours, or take their place', async () => {
    plan();
    const prepared: string[] = [];
    const result = await run('TS-0001', {
      ...place,
      workspaces: (ours) => ({
        ...ours,
        async prepare(spec) {
          const done = await ours.prepare(spec);
          prepared.push(spec.branch);
          writeFileSync(join(spec.path, 'task-001.local'), 'not to be committed\n');
          return done.ok ? { ...done, notes: ['with a file of mine'] } : done;
        },
      }),
    });
    expect(prepared).toEqual(['feature/task-001', 'feature/task-002']);
    expect(result.state.tasks.get('task-001')?.notes).toContain('with a file of mine');
  });
});
