import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptSpec, Executor, ExecutorEvent } from '../../src/executor/executor.ts';
import { fileAppears } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

/** What a suite needs of the place it runs in. */
export interface ExecutorWorld {
  scratch: Scratch;
  /** A new executor over the same state, as after a restart of the coordinator. */
  executor(): Executor;
  /** Where attempts of the given task work. */
  place(task: string): Pick<AttemptSpec, 'branch' | 'workspace'>;
}

type Ended = Extract<ExecutorEvent, { type: 'attempt.ended' }>;

/**
 * The contract of every executor. Prompts are shell scripts that the agent runs; `$GATES` is a folder shared with the test.
 * @param skip cases that cannot hold for it, each with the reason
 */
export function describeExecutor(
  name: string,
  make: (scratch: Scratch) => ExecutorWorld,
  skip: { case: string; reason: string }[] = [],
): void {
  let world: ExecutorWorld;
  let stop: AbortController;
  beforeEach(() => {
    world = make(scratchRepository());
    stop = new AbortController();
  });
  afterEach(() => {
    stop.abort();
    world.scratch.remove();
  });

  const spec = (prompt: string, more: Partial<AttemptSpec> = {}): AttemptSpec => ({
    run: '20261123-120000-test',
    task: 'task-001',
    attempt: 1,
    title: 'Do it',
    agent: 'script',
    prompt,
    base: world.scratch.git('rev-parse', 'HEAD'),
    ...world.place(more.task ?? 'task-001'),
    timeoutMs: 60_000,
    stallMs: 0,
    ...more,
  });

  /** Follows the executor until the attempt has ended; gives all events. */
  async function follow(executor: Executor): Promise<{ events: ExecutorEvent[]; ended: Ended }> {
    const events: ExecutorEvent[] = [];
    for await (const event of executor.events(stop.signal)) {
      events.push(event);
      if (event.type === 'attempt.ended') return { events, ended: event };
    }
    throw new Error('the events ended before the attempt');
  }

  const run = async (prompt: string, more: Partial<AttemptSpec> = {}) => {
    const executor = world.executor();
    await executor.submit(spec(prompt, more));
    return follow(executor);
  };

  const test = (title: string, body: () => Promise<void>) => {
    const skipped = skip.find((each) => each.case === title);
    it.skipIf(skipped !== undefined)(skipped ? `${title} (${skipped.reason})` : title, body);
  };

  describe(`executor ${name}`, () => {
    test('runs an agent in its workspace and names the commit it made', async () => {
      const { events, ended } = await run(
        'echo hi > a.txt; git add a.txt; git commit -qm "feat: a"; touch .claude-task-complete',
      );
      expect(events.map((event) => event.type)).toEqual(['attempt.prepared', 'attempt.spawned', 'attempt.ended']);
      expect(ended).toMatchObject({ outcome: 'success', exit: 0, commits: 1, leftovers: [], marker: true });
      expect(world.scratch.git('show', `${ended.head}:a.txt`)).toBe('hi');
    });

    test('commits what the agent left, without junk', async () => {
      const { ended } = await run(
        'mkdir -p node_modules/x && echo j > node_modules/x/j; echo hi > a.txt; touch .claude-task-complete',
      );
      expect(ended).toMatchObject({ outcome: 'success', commits: 1, leftovers: ['a.txt'], marker: true });
      expect(world.scratch.git('ls-tree', '-r', '--name-only', ended.head!)).toBe('README.md\na.txt');
      expect(world.scratch.git('log', '-1', '--format=%s', ended.head!)).toBe('feat: task-001 Do it');
    });

    test('says how the agent failed, and keeps its work', async () => {
      const { ended } = await run('echo half > a.txt; echo "no luck" >&2; exit 7');
      expect(ended).toMatchObject({ exit: 7, commits: 1, leftovers: ['a.txt'] });
      expect(ended.outcome).not.toBe('success');
      expect(ended.message).toContain('no luck');
    });

    test('submitting the same key twice starts one agent', async () => {
      const executor = world.executor();
      const twice = spec('echo x >> "$GATES/starts"; echo hi > a.txt');
      await Promise.all([executor.submit(twice), executor.submit(twice)]);
      await follow(executor);
      expect(readFileSync(join(world.scratch.root, 'gates/starts'), 'utf8')).toBe('x\n');
    });

    test('ends an agent that takes too long, with all its children', async () => {
      const { ended } = await run('echo begun; (trap "" TERM; sleep 600) & sleep 600', { timeoutMs: 700 });
      expect(ended.outcome, ended.message).toBe('timeout');
    });

    test('ends an agent that says nothing', async () => {
      const { ended } = await run('sleep 600', { stallMs: 700 });
      expect(ended.outcome, ended.message).toBe('stalled');
    });

    test('cancel ends the agent and is confirmed', async () => {
      const executor = world.executor();
      const one = spec('touch "$GATES/begun"; echo half > a.txt; sleep 600');
      await executor.submit(one);
      const following = follow(executor);
      await fileAppears(join(world.scratch.root, 'gates/begun'));
      await executor.cancel(one, 'stopped');
      const { ended } = await following;
      expect(ended.outcome).toBe('cancelled');
      expect(ended.leftovers).toEqual(['a.txt']);
    });

    // That a living agent is taken over needs a coordinator that dies: test/e2e/crash.test.ts.
    test('harvests again what has ended, with the same result and without a second start', async () => {
      const one = spec('echo x >> "$GATES/starts"; echo hi > a.txt; touch .claude-task-complete');
      const first = world.executor();
      await first.submit(one);
      const before = (await follow(first)).ended;
      const second = world.executor();
      const found = await second.reattach(one.run, [one]);
      expect(found).toEqual([{ key: { run: one.run, task: one.task, attempt: 1 }, state: 'adopted' }]);
      const { ended } = await follow(second);
      expect(ended).toMatchObject({ outcome: 'success', exit: 0, head: before.head, commits: 1, marker: true });
      expect(readFileSync(join(world.scratch.root, 'gates/starts'), 'utf8')).toBe('x\n');
    });

    test('reports as lost what never was started', async () => {
      const executor = world.executor();
      const one = spec('echo never');
      expect(await executor.reattach(one.run, [one])).toMatchObject([{ state: 'lost' }]);
      expect((await follow(executor)).ended).toMatchObject({ outcome: 'lost', head: null });
      expect(existsSync(one.workspace)).toBe(false);
    });

    test('a place that is not free fails the attempt before an agent starts', async () => {
      world.scratch.git('branch', world.place('task-001').branch);
      const { events, ended } = await run('echo never');
      expect(events.map((event) => event.type)).toEqual(['attempt.ended']);
      expect(ended.failure).toMatchObject({ code: 'workspace' });
    });
  });
}
