import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../test/rig/cli.ts';
import { commandAgent } from '../../test/rig/command-agent.ts';
import { fingerprint } from '../../test/rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { scratchPlan } from '../../test/rig/scratch-plan.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

/** Where things stand, checked to change nothing, and to say the same as `--json`. */
async function standing() {
  const before = fingerprint(scratch);
  const plain = await copse();
  const json = await copse('--json');
  expect({ exit: plain.exit, stderr: plain.stderr, json: json.exit }).toEqual({ exit: 0, stderr: '', json: 0 });
  expect(fingerprint(scratch)).toEqual(before);
  const document = JSON.parse(json.stdout) as { next: string; plans: { plan: string; state: string }[] };
  expect(plain.stdout).toContain(document.next.slice(0, 79));
  for (const { plan } of document.plans) expect(plain.stdout).toContain(plan);
  return { text: plain.stdout, next: document.next, states: document.plans.map(({ state }) => state) };
}

const plan = (cases: Record<string, string> = {}) =>
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    config: commandAgent(scratch, cases),
  });

describe('copse without a command', () => {
  it('shows the help text where there is no repository', async () => {
    const folder = join(scratch.root, 'plain');
    mkdirSync(folder);
    const { exit, stdout } = await runCli([], { cwd: folder, env: scratch.env });
    expect(exit).toBe(0);
    expect(stdout).toContain('Usage: copse <command>');
  });

  it('tells a newcomer how to begin', async () => {
    const { text, next } = await standing();
    expect(text).toContain(`${scratch.repo}, main`);
    expect(next).toContain('copse demo');
  });

  it('follows a plan from new to cleaned up', async () => {
    const name = plan();
    expect(await standing()).toMatchObject({ states: ['new'], next: expect.stringContaining(`copse run ${name}`) });
    await copse('run', '--only', '1');
    expect(await standing()).toMatchObject({ states: ['partial'], next: expect.stringContaining(`resume ${name}`) });
    await copse('resume');
    expect(await standing()).toMatchObject({ states: ['integrated'], next: `next: copse integrate ${name}` });
    await copse('integrate');
    expect(await standing()).toMatchObject({ states: ['landed'], next: `next: copse clean ${name}` });
    await copse('clean');
    expect((await standing()).text).toContain(`${name} has landed on main and is cleaned up`);
  });

  it('names what failed first, and a plan that is not valid', async () => {
    const name = plan({ 'task-001': 'exit 3' });
    scratchPlan(scratch, { name: 'TS-0000-broken', tasks: [{ id: 'a', deps: ['b'], create: ['a'] }] });
    expect((await standing()).states).toEqual(['invalid', 'new']);
    await copse('run', name, '--retries', '0');
    const { states, next, text } = await standing();
    expect(states).toEqual(['invalid', 'failed']);
    expect(next).toContain(`copse run ${name} --retry-failed`);
    expect(text).toMatch(/TS-0001-scratch +failed +✗1 ⊘1 +\d+s ago/);
  });
});
