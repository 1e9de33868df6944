import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/run/event.ts';
import { runCli } from '../rig/cli.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Whole runs on machines that are short of something.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
const of = <T extends RunEvent['type']>(type: T) =>
  journalOf(scratch).filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

const THREE = ['task-001', 'task-002', 'task-003'].map((id) => ({ id, create: [`${id}.txt`] }));

describe('a machine that is short of memory', () => {
  it('runs one agent at a time, says why once, and comes to its end', async () => {
    shellPlan(scratch, { tasks: THREE, config: { limits: { minFreeMemory: '900T' } } });
    const run = await copse('run', '--max-concurrent', '3');
    expect(run, run.stderr).toMatchObject({ exit: 0 });
    expect(run.stdout).toMatch(
      /^\[PROGRESS\] execution status=held resource=memory reason=".* free, one more agent needs 900 TB"$/m,
    );
    let running = 0;
    for (const { type } of journalOf(scratch)) {
      if (type === 'attempt.started') expect(++running).toBe(1);
      if (type === 'attempt.ended') running--;
    }
    expect(of('admission.held').length).toBeLessThanOrEqual(3);
  });

  it('--task-memory ends an agent that takes more, says so, and tells the next attempt', async () => {
    // tail holds all of its input: nothing of it is a line.
    const script = 'if [ $2 = 1 ]; then head -c 400M /dev/zero | { tail; sleep 600; }; fi; echo hi > $1.txt';
    shellPlan(scratch, { tasks: THREE.slice(0, 1) }, { 'task-001': script });
    const run = await copse('run', '--task-memory', '100M');
    expect(run, run.stderr).toMatchObject({ exit: 0 });
    expect(run.stdout).toContain('task=task-001 status=retrying error=memory');
    const [first, second] = of('attempt.ended');
    expect(first).toMatchObject({ outcome: 'memory', message: expect.stringMatching(/^used \d+ MB of 100 MB$/) });
    expect(first!.memory).toBeGreaterThan(100e6);
    expect(second).toMatchObject({ outcome: 'success' });
    const prompt = (await copse('logs', 'task-001', '--prompt')).stdout;
    expect(prompt).toContain('the agent took too much memory');
    expect(prompt).toContain('Take less memory');
  });
});
