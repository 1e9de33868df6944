import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aResult, aTask } from '../../test/rig/attempts.ts';
import { theSettings } from '../../test/rig/events.ts';
import { aPlan } from '../../test/rig/plans.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { land, landMany } from '../integrate/land.ts';
import { replay } from '../journal/replay.ts';
import type { DependencyStep, Task } from '../plan/plan.ts';
import type { RunEventBody } from '../run/event.ts';
import { reduce } from '../run/reduce.ts';
import { systemClock } from '../util/clock.ts';
import { createRun, type OpenRun, reopenRun } from './open.ts';

let scratch: Scratch;
let repository: Repository;
beforeEach(async () => {
  scratch = scratchRepository();
  repository = await openRepository(createGit({ cwd: scratch.repo, env: scratch.env }));
});
afterEach(() => scratch.remove());

const NAME = 'TS-0042-inventory';
const REF = `refs/heads/copse/${NAME}`;

const task = (id: string, more: Partial<Task> = {}) => aTask({ id, title: id, file: `tasks/${id}.md`, ...more });

const NODE: DependencyStep = { ecosystem: 'node', action: 'add', packages: ['left-pad'] };

const create = (plan = aPlan([task('task-001')])) =>
  createRun({
    repository,
    plan,
    planDir: `${scratch.repo}/parallel/${NAME}`,
    settings: theSettings,
    select: {},
    clock: systemClock,
  });
const reopen = (run: OpenRun, current = run.plan) =>
  reopenRun({ repository, run: run.id, current, settings: (frozen) => frozen, select: {}, clock: systemClock });

/** Journals a task up to the moment before it lands; gives its head. */
function upToLanding(run: OpenRun, id = 'task-001'): string {
  scratch.git('checkout', '-q', '-b', `feature/${id}`, run.state.base);
  const head = scratch.commit(`feat: ${id}`, { [`${id}.txt`]: `${id}\n` });
  scratch.git('checkout', '-q', 'main');
  const name = { task: id, attempt: 1 };
  const bodies: RunEventBody[] = [
    {
      type: 'attempt.started',
      ...name,
      agent: 'command',
      branch: `feature/${id}`,
      workspace: '/w',
      base: run.state.base,
    },
    { type: 'attempt.ended', ...name, ...aResult({ head }) },
    { type: 'attempt.verified', ...name, head, evidence: [] },
    { type: 'landing.started', ...name, head, onto: run.state.tip },
  ];
  for (const body of bodies) reduce(run.state, run.journal.append(body));
  return head;
}

describe('a run that is re-opened', () => {
  it('knows a landing whose event was lost, and lands it no second time', async () => {
    const run = await create();
    const head = upToLanding(run);
    const landed = await land(repository.git, {
      ref: REF,
      tip: run.state.tip,
      head,
      plan: NAME,
      run: run.id,
      task: 'task-001',
      title: 'x',
      attempt: 1,
    });
    await run.journal.close(); // killed here: the branch has moved, the journal does not know
    const again = await reopen(run);
    expect(again.state.tasks.get('task-001')!.status).toMatchObject({
      is: 'integrated',
      commit: landed.landed && landed.commit,
      commits: 1,
    });
    expect(again.state.tip).toBe(scratch.git('rev-parse', REF));
    await again.journal.close();
  });

  it('knows all that landed together, in the order in which it did', async () => {
    const run = await create(aPlan(['task-001', 'task-002', 'task-003'].map((id) => task(id))));
    const order = ['task-003', 'task-001', 'task-002'];
    const requests = order.map((id) => {
      return { head: upToLanding(run, id), plan: NAME, run: run.id, task: id, title: 'x', attempt: 1 };
    });
    await landMany(repository.git, { ref: REF, tip: run.state.tip }, requests);
    await run.journal.close();
    const again = await reopen(run);
    await again.journal.close();
    const { events } = replay(run.paths.journal);
    expect(events.flatMap((event) => (event.type === 'task.integrated' ? event.task : []))).toEqual(order);
    expect(events.map((event) => event.type)).not.toContain('integration.moved');
    expect(again.state.tip).toBe(scratch.git('rev-parse', REF));
  });

  it('knows that dependencies were installed, and does not install them again', async () => {
    const run = await create(aPlan([task('task-001')], { dependencies: [NODE] }));
    reduce(run.state, run.journal.append({ type: 'dependencies.started', onto: run.state.tip }));
    scratch.git('checkout', '-q', `copse/${NAME}`);
    const made = scratch.commit('chore: install\n\nCopse-Step: dependencies', { 'package-lock.json': '{}\n' });
    scratch.git('checkout', '-q', 'main');
    await run.journal.close();
    const again = await reopen(run);
    expect(again.state).toMatchObject({ dependencies: 'installed', tip: made });
    await again.journal.close();
  });

  it('goes on although a git was killed with locks of its refs', async () => {
    const run = await create();
    await run.journal.close();
    const locks = [REF, `refs/copse/owned/${run.id}/feature/task-001`, `refs/copse/snapshots/${run.id}/task-001.1`];
    for (const ref of locks) scratch.write(`.git/${ref}.lock`, '');
    await (await reopen(run)).journal.close();
    expect(locks.filter((ref) => existsSync(`${scratch.repo}/.git/${ref}.lock`))).toEqual([]);
  });

  it('goes on where the landing had not happened yet', async () => {
    const run = await create();
    const head = upToLanding(run);
    await run.journal.close();
    const again = await reopen(run);
    expect(again.state.tasks.get('task-001')!.status).toEqual({ is: 'verified', attempt: 1, head });
    await again.journal.close();
  });

  it('takes commits of a person on the integration branch along', async () => {
    const run = await create();
    await run.journal.close();
    scratch.git('checkout', '-q', `copse/${NAME}`);
    const fix = scratch.commit('fix by hand', { 'fix.txt': 'x\n' });
    scratch.git('checkout', '-q', 'main');
    const again = await reopen(run);
    expect(again.state.tip).toBe(fix);
    await again.journal.close();
  });

  it('makes the integration branch anew when it is gone, and refuses one that was rewritten', async () => {
    const run = await create();
    await run.journal.close();
    scratch.git('branch', '-D', `copse/${NAME}`);
    await (await reopen(run)).journal.close();
    expect(scratch.git('rev-parse', REF)).toBe(run.state.base);
    const other = scratch.git('commit-tree', 'HEAD^{tree}', '-m', 'unrelated');
    scratch.git('update-ref', REF, other);
    await expect(reopen(run)).rejects.toMatchObject({ code: 'integration-rewritten', exit: 6 });
  });

  it('uses the plan as it was mended, and refuses another one', async () => {
    const run = await create();
    await run.journal.close();
    const mended = aPlan([task('task-001', { requirements: 'now with more care' })]);
    const again = await reopen(run, mended);
    expect(again.replanned).toBe(true);
    expect(again.plan.tasks[0]!.requirements).toBe('now with more care');
    await again.journal.close();
    await expect(reopen(run, aPlan([task('task-001'), task('task-002')]))).rejects.toMatchObject({
      code: 'plan-changed',
    });
    await expect(reopen(run, mended).then((open) => open.journal.close())).resolves.toBeUndefined(); // nobody holds it
  });
});

describe('a new run', () => {
  it('refuses an integration branch with work that HEAD does not have, and leaves no trace', async () => {
    scratch.git('checkout', '-q', '-b', `copse/${NAME}`);
    const foreign = scratch.commit('foreign', { 'x.txt': 'x\n' });
    scratch.git('checkout', '-q', 'main');
    await expect(create()).rejects.toMatchObject({ code: 'branch-exists', exit: 2 });
    expect(scratch.git('rev-parse', REF)).toBe(foreign);
    const run = await create(aPlan([task('task-001')], { name: 'TS-0043-other' }));
    expect(run.state.base).toBe(scratch.git('rev-parse', 'main'));
    await run.journal.close();
  });
});
