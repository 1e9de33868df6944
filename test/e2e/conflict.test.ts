import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { conflictingPlan } from '../rig/conflicting-plan.ts';
import { journalOf } from '../rig/copse.ts';
import { usersPart } from '../rig/fingerprint.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Two tasks that change the same line, in whole runs: what becomes of the second one.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const promptOf = (attempt: string) =>
  readFileSync(
    join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'attempts', attempt, 'prompt.txt'),
    'utf8',
  );

describe('tried again', () => {
  it('the agent sees both sides, its own patch, which it can have again, and what the other task says', async () => {
    const name = conflictingPlan(scratch, {
      again: `commit=$(sed -n 's/.*ended with the commit \\([0-9a-f]*\\),.*/\\1/p' "$COPSE_PROMPT_FILE")
git show "$commit:task-002.txt" > task-002.txt
printf 'of task-001\\nof task-002\\n' > shared.txt`,
    });
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('work of task-002');
    const prompt = promptOf('task-002.2');
    expect(prompt).toContain(
      '    <<<<<<< has landed\n    of task-001\n    =======\n    of task-002\n    >>>>>>> the earlier',
    );
    expect(prompt).toContain('task-001: Do task-001');
    expect(prompt).toContain('it says of itself: task-001 wrote its name');
    expect(prompt).toContain('    +work of task-002');
    expect(promptOf('task-002.1')).not.toContain('PREVIOUS ATTEMPT');
  });
});

describe('resolved by an agent', () => {
  const merged = "printf 'of task-001\\nof task-002\\n' > shared.txt";
  const run = (again: string, ...argv: string[]) => {
    const name = conflictingPlan(scratch, { again });
    return copse('run', '--on-conflict', 'agent', ...argv).then((ran) => ({ ...ran, name }));
  };
  const failures = () =>
    journalOf(scratch).flatMap((event) => (event.type === 'attempt.failed' ? [event.failure.code] : []));

  it('it works in the middle of the merge, knows both tasks, and lands with both histories', async () => {
    const saw = join(scratch.root, 'saw');
    const name = conflictingPlan(scratch, {
      again: `git status --porcelain > ${saw}; git ls-files -u | wc -l >> ${saw}; cat shared.txt >> ${saw}
${merged}; git add shared.txt; git commit -q --no-edit; touch .claude-task-complete`,
    });
    const before = usersPart(scratch);
    const ran = await copse('run', '--on-conflict', 'agent');
    expect(ran.exit, ran.stderr).toBe(0);
    expect(usersPart(scratch)).toEqual(before);
    const seen = readFileSync(saw, 'utf8');
    expect(seen).toContain('UU shared.txt');
    expect(seen).toContain('A  task-002.txt');
    expect(seen).toMatch(/\n3\n<<<<<<< HEAD\nof task-001\n=======\nof task-002\n>>>>>>> /);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('work of task-002');
    const started = journalOf(scratch).filter((event) => event.type === 'attempt.started');
    const [, , resolving] = started;
    const head = (resolving as { resolves: { head: string } }).resolves.head;
    expect(resolving).toMatchObject({
      task: 'task-002',
      attempt: 2,
      resolves: { attempt: 1 },
      because: { code: 'merge-conflict' },
    });
    scratch.git('merge-base', '--is-ancestor', head, `copse/${name}`);
    expect(scratch.git('log', '-1', '--format=%(trailers:key=Copse-Attempt,valueonly)', `copse/${name}`).trim()).toBe(
      '2',
    );
    const prompt = promptOf('task-002.2');
    for (const said of [
      'Being merged:',
      'There already:',
      'task-001: Do task-001',
      'task-001 wrote its name',
      'git commit --no-edit',
    ])
      expect(prompt).toContain(said);
    expect(prompt).not.toContain('PREVIOUS ATTEMPT');
    expect(journalOf(scratch).filter(({ type }) => type === 'escape.found')).toEqual([]);
    expect((await copse('report', '--format', 'json')).stdout).toContain('"gate": "resolution"');
  });

  it('git need not be told what is resolved, nor the merge be committed', async () => {
    const { name, ...ran } = await run(`${merged}; touch .claude-task-complete`);
    expect(ran.exit, ran.stderr).toBe(0);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
    expect(scratch.git('log', '-1', '--format=%s', `copse/${name}^2`)).toBe('merge: task-002 with what has landed');
    expect(scratch.git('log', '-1', '--format=%P', `copse/${name}^2`).split(' ')).toHaveLength(2);
  });

  it('without an attempt left, the conflict is the end of it, with its files, and a person may take it', async () => {
    const { name, ...ran } = await run('echo gave up', '--retries', '1');
    expect([ran.exit, ran.stderr]).toEqual([6, expect.stringContaining('the conflict is not resolved')]);
    expect(ran.stderr).toContain(`copse integrate --continue ${name}`);
    expect((await copse('report', '--format', 'sarif')).stdout).toContain('"uri": "shared.txt"');
    expect((await copse('integrate', '--continue')).stdout).toContain('task-002 conflicts with what has landed since');
  });

  it('works in a sandbox, too, where the repository has rerere', async () => {
    mkdirSync(join(scratch.repo, '.git/rr-cache'));
    const { name, ...ran } = await run(`${merged}; git add shared.txt; git commit -q --no-edit`, '--sandbox', 'on');
    expect(ran.exit, ran.stderr).toBe(0);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
  });

  it.each([
    ['nothing is resolved', 'echo gave up', 'unresolved'],
    ['markers are committed', 'git commit -qam merged', 'conflict-markers'],
    ['one marker is left', `printf 'of both\\n>>>>>>> x\\n' > shared.txt; git commit -qam merged`, 'conflict-markers'],
    ['the merge is given up', `git merge --abort; ${merged}; git commit -qam mine`, 'unresolved'],
    ['files of neither scope change', `${merged}; echo x > README.md; git commit -qam merged`, 'scope-violation'],
  ])('%s: refused, and the task is done again', async (_, resolve, code) => {
    const again = `if [ "$2" = 2 ]; then\n${resolve}\nelse\n${merged}; echo again > task-002.txt\nfi`;
    const { name, ...ran } = await run(again, '--retries', '2');
    expect(ran.exit, ran.stderr).toBe(0);
    expect(failures()).toEqual(['merge-conflict', code]);
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('again');
    const prompt = promptOf('task-002.3');
    expect(prompt).toContain('    <<<<<<< has landed');
    expect(prompt).toContain('Then an agent was to resolve the conflict, in vain');
  });
});

describe("resolved before, by git's rerere", () => {
  /** A person resolved the same conflict some day, in the checkout. */
  function resolvedOnce(file: string, [ours, theirs, both]: [string, string, string]): void {
    mkdirSync(join(scratch.repo, '.git/rr-cache'), { recursive: true });
    const base = scratch.git('rev-parse', 'main');
    scratch.git('checkout', '-q', '--detach', base);
    const one = scratch.commit('one', { [file]: ours });
    scratch.git('checkout', '-q', '--detach', base);
    scratch.commit('two', { [file]: theirs });
    expect(() => scratch.git('merge', one)).toThrow();
    scratch.commit('both', { [file]: both });
    scratch.git('checkout', '-q', 'main');
  }

  it('a task lands as that was, which is told, and no agent is asked again', async () => {
    const name = conflictingPlan(scratch);
    resolvedOnce('shared.txt', ['of task-001\n', 'of task-002\n', 'of both\n']);
    const run = await copse('run', '--retries', '0');
    expect(run.exit, run.stderr).toBe(0);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of both');
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('work of task-002');
    expect(journalOf(scratch)).toContainEqual(
      expect.objectContaining({ type: 'task.integrated', settled: { by: 'recorded', paths: ['shared.txt'] } }),
    );
    expect(journalOf(scratch).filter(({ type }) => type === 'attempt.failed')).toEqual([]);
    expect(run.stderr).toContain('task-002: its conflict was resolved as it was before (rerere): shared.txt');
  });

  it('passes the same gates: what fails them does not land', async () => {
    const name = conflictingPlan(scratch, {
      config: { checks: [{ name: 'mine', command: '! grep -q both shared.txt' }] },
    });
    resolvedOnce('shared.txt', ['of task-001\n', 'of task-002\n', 'of both\n']);
    const run = await copse('run', '--retries', '0', '--gate', 'checks');
    expect(run.exit, run.stderr).toBe(6);
    expect(
      journalOf(scratch).flatMap((event) => (event.type === 'attempt.failed' ? [event.failure.code] : [])),
    ).toEqual(['checks']);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001');
  });

  it('so does the whole on its target', async () => {
    const work = { 'task-001': 'echo theirs > README.md; echo x > task-001.txt' };
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] }, work);
    resolvedOnce('README.md', ['ours\n', 'theirs\n', 'of both\n']);
    await copse('run');
    scratch.commit('meanwhile', { 'README.md': 'ours\n' });
    const landed = await copse('integrate');
    expect(landed.exit, landed.stdout + landed.stderr).toBe(0);
    expect(landed.stderr).toContain('the conflict with main was resolved as it was before (rerere): README.md');
    expect(readFileSync(join(scratch.repo, 'README.md'), 'utf8')).toBe('of both\n');
  });
});
