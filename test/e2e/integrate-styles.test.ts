import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// The histories that a landing makes, and that everything afterwards knows that all of it is there.

const NAME = 'TS-0001-scratch';
const TASKS = ['task-001', 'task-002'].map((id) => ({ id, create: [`${id}.txt`] }));
const TRAILER = 'Co-Authored-By: Claude <noreply@anthropic.com>';
const made = (name: string, who: string) =>
  `echo ${name} >${name}.txt; git add -A; git commit -qm "feat: ${name}

${TRAILER}" --author "${who} <${who}@example.org>" --date 2001-02-03T04:05:06Z`;

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());
const copse = (...argv: string[]): Promise<CliRun> => runCli(argv, { cwd: scratch.repo, env: scratch.env });

/** A run of two tasks, which land in their order, and a target that moved on meanwhile. */
async function ran(): Promise<string> {
  shellPlan(scratch, { tasks: TASKS }, { 'task-001': made('task-001', 'Bea'), 'task-002': made('task-002', 'Cy') });
  expect(await copse('run', '--retries', '0', '--max-concurrent', '1')).toMatchObject({ exit: 0 });
  return scratch.commit('meanwhile', { 'mine.txt': 'mine\n' });
}
const log = (format: string, ...range: string[]) => scratch.git('log', '--reverse', `--format=${format}`, ...range);
/** What is changed in the checkout, but for what copse writes into the plan. */
const dirty = () =>
  scratch
    .git('status', '--porcelain')
    .replace(/^.. ?parallel\/.*$/gm, '')
    .trim();

it('squash: one commit that names the tasks and who made them; status, integrate and clean know it', async () => {
  const main = await ran();
  const tip = scratch.git('rev-parse', `copse/${NAME}`);
  const before = scratch.git('rev-parse', 'main');
  const dry = await copse('integrate', '--squash', '--dry-run');
  expect(dry.stdout).toMatch(/would land on main \(squash, .*nothing was changed, no check was run/);
  expect(scratch.git('rev-parse', 'main')).toBe(before);
  expect(JSON.parse((await copse('integrate', '--squash', '--dry-run', '--json')).stdout)).toMatchObject({
    ok: true,
    landing: { why: 'dry-run', how: 'squash', from: before },
  });

  expect((await copse('integrate', '--squash')).stdout).toMatch(/landed on main \(squash, /);
  expect(log('%P|%an|%B', `${main}..main`)).toBe(`${main}|Ada|Plan ${NAME}

- task-001: Do task-001
- task-002: Do task-002

Copse-Run: ${JSON.parse((await copse('status', '--json')).stdout).run}
Copse-Task: ${NAME}/task-001
Copse-Task: ${NAME}/task-002
Co-authored-by: Bea <Bea@example.org>
Co-authored-by: Claude <noreply@anthropic.com>
Co-authored-by: Cy <Cy@example.org>`);
  expect(scratch.git('diff', '--stat', tip, 'main', '--', 'task-001.txt', 'task-002.txt')).toBe('');
  expect(dirty()).toBe('');

  // Once more is no second commit.
  const landed = scratch.git('rev-parse', 'main');
  expect((await copse('integrate', '--squash')).stdout).toContain(`main has everything of ${NAME} already`);
  expect((await copse('integrate')).stdout).toContain(`main has everything of ${NAME} already`);
  expect(scratch.git('rev-parse', 'main')).toBe(landed);

  const clean = await copse('clean');
  expect(clean.stdout).not.toContain('kept');
  expect(scratch.git('branch', '--format=%(refname:short)')).toBe('main');
  // The commits of the agents are in no branch any more, and stay all the same.
  expect(scratch.git('for-each-ref', `--contains=${tip}`, '--format=%(refname)')).toMatch(/^refs\/copse\/landings\//m);
}, 60_000);

it('clean keeps the branches when the target does not have what was squashed any more', async () => {
  const main = await ran();
  expect((await copse('integrate', '--squash')).exit).toBe(0);
  scratch.git('checkout', '-q', '--', '.');
  scratch.git('reset', '-q', '--hard', main);
  const clean = await copse('clean');
  expect(clean.stdout).toContain(`kept copse/${NAME}: holds what main does not have: copse integrate ${NAME}`);
  expect((await copse('integrate', '--squash')).stdout).toMatch(/landed on main \(squash, /);
}, 60_000);

it('rebase: the commits of the agents in a line, by whom and when they were made', async () => {
  const main = await ran();
  expect((await copse('integrate', '--rebase')).stdout).toMatch(/landed on main \(rebase, /);
  expect(log('%an|%ad|%s|%p', '--date=short', `${main}..main`).replace(/\|\w+$/gm, '')).toBe(
    'Bea|2001-02-03|feat: task-001\nCy|2001-02-03|feat: task-002',
  );
  expect(scratch.git('rev-list', '--merges', '--count', `${main}..main`)).toBe('0');
  expect(readFileSync(join(scratch.repo, 'task-002.txt'), 'utf8')).toBe('task-002\n');
  expect(dirty()).toBe('');
  expect((await copse('clean')).stdout).not.toContain('kept');
}, 60_000);

it('the config may choose the history; two at once are none', async () => {
  shellPlan(scratch, { tasks: TASKS.slice(0, 1), config: { integrate: { style: 'merge' } } });
  expect(await copse('run')).toMatchObject({ exit: 0 });
  const base = scratch.git('rev-parse', 'main');
  expect(await copse('integrate', '--squash', '--rebase')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--squash and --rebase are two histories: choose one'),
  });
  expect((await copse('integrate')).stdout).toMatch(/landed on main \(merge, /);
  expect(scratch.git('rev-parse', 'main^1')).toBe(base);
}, 60_000);

it('what is squashed later is only what came since, also where it goes on with what was squashed', async () => {
  shellPlan(
    scratch,
    {
      tasks: [
        TASKS[0]!,
        { id: 'task-002', create: ['task-002.txt'], modify: ['task-001.txt'], deps: ['task-001'], wave: 2 },
      ],
    },
    {
      'task-001': made('task-001', 'Bea'),
      'task-002': `[ "$2" != 1 ] || exit 3; echo more >task-001.txt; ${made('task-002', 'Cy')}`,
    },
  );
  expect(await copse('run', '--retries', '0')).toMatchObject({ exit: 1 });
  expect((await copse('integrate', '--squash', '--partial')).stdout).toMatch(/landed on main \(squash, /);
  const first = scratch.git('rev-parse', 'main');
  expect(await copse('run', '--retry-failed')).toMatchObject({ exit: 0 });
  expect((await copse('integrate', '--squash')).stdout).toMatch(/landed on main \(squash, /);
  expect(log('%P|%b', `${first}..main`)).toMatch(
    new RegExp(
      `^${first}\\|- task-002: .*\n\nCopse-Run: .*\nCopse-Task: ${NAME}/task-002\nCo-authored-by: Cy <.*\nCo-authored-by: Claude <.*$`,
    ),
  );
  expect(scratch.git('show', 'main:task-001.txt')).toBe('more');
  // One landing after the other goes back.
  expect((await copse('integrate', '--undo')).exit).toBe(0);
  expect(scratch.git('rev-parse', 'main')).toBe(first);
  expect((await copse('integrate', '--undo')).exit).toBe(0);
  expect((await copse('integrate', '--rebase')).stdout).toMatch(/landed on main \(rebase, /);
  expect(log('%an', 'main~2..main')).toBe('Bea\nCy');
}, 90_000);
