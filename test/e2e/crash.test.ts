import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/process/tree.ts';
import { conflictingPlan } from '../rig/conflicting-plan.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// copse as a process of its own, killed and signalled while real agents run.

let copse: Copse;
let scratch: Scratch;
let gates: string;

beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(() => {
  scratch = scratchRepository();
  gates = join(scratch.root, 'gates');
  mkdirSync(gates);
});
afterEach(() => scratch.remove());

/** An agent that says that it has begun, waits until the test opens its gate, then does its work. */
const AGENT = `#!/bin/sh
echo "$1" >> "$GATES/began"
touch "$GATES/$1.begun"
echo working
while [ ! -e "$GATES/$1.open" ]; do sleep 0.05; done
echo "made by $1" > "$1.txt"
git add -A && git commit -qm "feat: $1" && touch .claude-task-complete
`;

function plan(): string {
  const agent = join(scratch.root, 'agent.sh');
  writeFileSync(agent, AGENT);
  chmodSync(agent, 0o755);
  return scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', create: ['task-002.txt'] },
      { id: 'task-003', wave: 2, deps: ['task-001', 'task-002'], create: ['task-003.txt'] },
    ],
    config: { agent: 'command', agents: { command: { command: [agent, '{task}'], env: { GATES: gates } } } },
  });
}

const begun = (task: string) => fileAppears(join(gates, `${task}.begun`));
const open = (...tasks: string[]) => {
  for (const task of tasks) writeFileSync(join(gates, `${task}.open`), '');
};
const began = () => readFileSync(join(gates, 'began'), 'utf8').trim().split('\n').sort();

/** The processes of the agents, as the journal names them. */
const agents = () =>
  journalOf(scratch).flatMap((event) =>
    event.type === 'attempt.spawned' ? [{ pid: event.pid, pidStart: event.pidStart }] : [],
  );

async function spawned(count: number): Promise<void> {
  const journal = () => journalOf(scratch).filter((event) => event.type === 'attempt.spawned').length;
  while (journal() < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a run that is killed', () => {
  it('resume takes the living agents over: none is started twice, all land', async () => {
    const name = plan();
    const first = copse.start(scratch, ['run']);
    await Promise.all([begun('task-001'), begun('task-002')]);
    await spawned(2);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    expect(agents().every(({ pid, pidStart }) => isAlive(pid, pidStart))).toBe(true);

    const second = copse.start(scratch, ['resume']);
    open('task-001', 'task-002', 'task-003');
    expect(await second.ended, second.output()).toBe(0);
    expect(began()).toEqual(['task-001', 'task-002', 'task-003']);
    expect(scratch.git('ls-tree', '--name-only', `copse/${name}`).split('\n')).toEqual(
      expect.arrayContaining(['task-001.txt', 'task-002.txt', 'task-003.txt']),
    );
    expect(journalOf(scratch).filter((event) => event.type === 'attempt.started')).toHaveLength(3);
  });

  it('what ended meanwhile is harvested, not run again', async () => {
    const name = plan();
    const first = copse.start(scratch, ['run']);
    await Promise.all([begun('task-001'), begun('task-002')]);
    await spawned(2);
    first.child.kill('SIGKILL');
    await first.ended;
    open('task-001', 'task-002', 'task-003');
    const runs = join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'attempts');
    await Promise.all([fileAppears(join(runs, 'task-001.1/exit')), fileAppears(join(runs, 'task-002.1/exit'))]);

    const second = copse.start(scratch, ['resume']);
    expect(await second.ended, second.output()).toBe(0);
    expect(began()).toEqual(['task-001', 'task-002', 'task-003']);
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('made by task-002');
  });

  it('resume takes over an agent that resolves a conflict: it is not started again, and what it merges lands', async () => {
    const name = conflictingPlan(scratch, {
      again: `echo "$1.$2" >> ${gates}/began; touch ${gates}/resolving
while [ ! -e ${gates}/task-002.open ]; do sleep 0.05; done
printf 'of task-001\\nof task-002\\n' > shared.txt; git add -A; git commit -q --no-edit`,
    });
    const first = copse.start(scratch, ['run', '--on-conflict', 'agent']);
    await fileAppears(join(gates, 'resolving'));
    await spawned(3);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const status = copse.start(scratch, ['status']);
    await status.ended;
    expect(status.output()).toMatch(/task-002\s+unwatched\s+2/);

    const second = copse.start(scratch, ['resume']);
    open('task-002');
    expect(await second.ended, second.output()).toBe(0);
    expect(began()).toEqual(['task-002.2']);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
    expect(journalOf(scratch).filter((event) => event.type === 'attempt.started')).toHaveLength(3);
  });

  it('a second coordinator is told who holds the run', async () => {
    plan();
    const first = copse.start(scratch, ['run']);
    await begun('task-001');
    for (const argv of [['run'], ['resume'], ['run', '--retry-failed'], ['clean', '--force']]) {
      const other = copse.start(scratch, argv);
      expect(await other.ended, other.output()).toBe(7);
      expect(other.output()).toContain(String(first.child.pid));
    }
    open('task-001', 'task-002', 'task-003');
    expect(await first.ended, first.output()).toBe(0);
  });
});

describe('a run that is signalled', () => {
  it('SIGTERM ends every process of the agents, keeps what they wrote, and says how to go on', async () => {
    plan();
    const run = copse.start(scratch, ['run']);
    await Promise.all([begun('task-001'), begun('task-002')]);
    await spawned(2);
    writeFileSync(join(scratch.root, 'workspaces/repo/TS-0001-scratch/task-001/half.txt'), 'half done\n');
    run.child.kill('SIGTERM');
    expect(await run.ended, run.output()).toBe(143);
    expect(run.output()).toContain('copse resume');
    expect(agents().some(({ pid, pidStart }) => isAlive(pid, pidStart))).toBe(false);
    expect(scratch.git('show', 'feature/task-001:half.txt')).toBe('half done');
    expect(existsSync(join(gates, 'task-003.begun'))).toBe(false);
  });
});
