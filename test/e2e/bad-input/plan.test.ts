import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/plan/plan.ts';
import { commandAgent } from '../../rig/command-agent.ts';
import { refused } from '../../rig/refusal.ts';
import { type Scratch, scratchRepository } from '../../rig/repository.ts';
import { scratchPlan } from '../../rig/scratch-plan.ts';

// What can be wrong with a plan: every command that reads one refuses alike, and nothing is changed.

let scratch: Scratch;
const folder = 'parallel/TS-0001-scratch';

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const plan = (files: Record<string, string> = {}) => {
  const name = scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['task-001.txt'] },
      { id: 'task-002', wave: 2, deps: ['task-001'], create: ['task-002.txt'] },
    ],
    config: commandAgent(scratch),
  });
  scratch.commit('edit', files);
  return name;
};

const task = (id: string, { deps = [] as string[], create = `${Buffer.from(id).toString('hex')}.txt` } = {}) =>
  `---\nid: ${JSON.stringify(id)}\nwave: 1\ndeps: ${JSON.stringify(deps)}\n---\n# A task\n\n## Scope\n\nCREATE: ${create}\nMODIFY: (none)\nBOUNDARY: other/*\n\n## Requirements\n\n- do it\n`;

/** The commands that read a plan, all through one function. */
const READERS = [['run'], ['run', '--dry-run'], ['plan']];

async function isInvalid(...says: RegExp[]) {
  const refusal = await refused(scratch, ['run']);
  expect(refusal, refusal.text).toMatchObject({ code: 'plan-invalid', exit: 3 });
  expect(refusal.hint).toContain('copse validate');
  for (const text of says) expect(refusal.text).toMatch(text);
  return refusal;
}

const codes = (details: unknown, file: string) =>
  (details as Diagnostic[]).filter((each) => each.file === file).map((each) => each.code);

describe('which plan', () => {
  it('none at all: says what a plan looks like', async () => {
    for (const argv of [...READERS, ['validate'], ['prompts'], ['prompts', '--check']]) {
      expect(await refused(scratch, argv)).toMatchObject({ code: 'no-plan', exit: 2 });
    }
    mkdirSync(join(scratch.repo, 'parallel'));
    expect((await refused(scratch, ['run'])).message).toContain('parallel/');
  });

  it('a name or path that is not there', async () => {
    plan();
    for (const name of [
      'TS-9999',
      'parallel/TS-9999-x',
      '/nowhere/at/all',
      '../../x',
      'a;b',
      '$(touch x)',
      'x'.repeat(300),
    ]) {
      const { code, exit, text } = await refused(scratch, ['run', name]);
      expect({ code, exit }).toEqual({ code: 'plan-not-found', exit: 2 });
      expect(text).toContain('TS-0001-scratch');
    }
    expect((await refused(scratch, ['run', 'README.md'])).exit).toBe(2);
    expect((await refused(scratch, ['run', '-rf'])).exit).toBe(2);
    expect((await refused(scratch, ['run', '--', '-rf'])).code).toBe('plan-not-found');
    expect((await refused(scratch, ['run', 'a\0b'])).code).toBe('plan-not-found');
    expect((await refused(scratch, ['run', 'a\nb\u001b[2J'])).code).toBe('plan-not-found');
    expect((await refused(scratch, ['run', ''])).exit).toBe(2);
  });

  it('several plans: lists the commands to type', async () => {
    plan();
    scratchPlan(scratch, { name: 'TS-0002-other', tasks: [{ id: 'task-001', create: ['x'] }] });
    const { code, exit, text } = await refused(scratch, ['run']);
    expect({ code, exit }).toEqual({ code: 'several-plans', exit: 2 });
    expect(text).toContain('copse run TS-0001-scratch');
    expect(text).toContain('copse run TS-0002-other');
    expect((await refused(scratch, ['plan'])).text).toContain('copse plan TS-0002-other');
  });

  it('a folder that is no plan', async () => {
    plan();
    mkdirSync(join(scratch.repo, 'empty'));
    expect(await refused(scratch, ['run', './empty'])).toMatchObject({ code: 'not-a-plan', exit: 2 });
  });
});

describe('what a plan says', () => {
  it('is refused by every command that needs it', async () => {
    plan({ [`${folder}/manifest.json`]: '{' });
    for (const argv of READERS) expect(await refused(scratch, argv)).toMatchObject({ code: 'plan-invalid', exit: 3 });
  });

  it('a manifest that is no JSON: the place of the mistake', async () => {
    plan({ [`${folder}/manifest.json`]: '{\n  "waves": [\n    {"number": 1,,}\n  ]\n}\n' });
    await isInvalid(/manifest\.json:3:\d+/);
    plan({ [`${folder}/manifest.json`]: '' });
    await isInvalid(/manifest\.json:1:1/);
    plan({ [`${folder}/manifest.json`]: '[1, 2]' });
    await isInvalid(/manifest\.json:1:1/);
  });

  it('front matter that is no YAML, or does not end', async () => {
    plan({ [`${folder}/tasks/task-002.md`]: '---\nid: task-002\ndeps: [task-001\n---\n# x\n' });
    await isInvalid(/tasks\/task-002\.md:\d+:\d+/);
    plan({ [`${folder}/tasks/task-002.md`]: '---\nid: task-002\n# x\n' });
    await isInvalid(/tasks\/task-002\.md:\d+:\d+/);
  });

  it('a cycle: names its members', async () => {
    rmSync(join(scratch.repo, folder), { recursive: true, force: true });
    scratchPlan(scratch, {
      tasks: [
        { id: 'task-001', deps: ['task-003'], create: ['a'] },
        { id: 'task-002', deps: ['task-001'], create: ['b'] },
        { id: 'task-003', deps: ['task-002'], create: ['c'] },
      ],
    });
    await isInvalid(/task-001.*task-002|task-00\d → task-00\d/, /tasks\/task-00\d\.md:\d+:\d+/);
  });

  it('a dependency that does not exist', async () => {
    plan({ [`${folder}/tasks/task-002.md`]: task('task-002', { deps: ['task-1000'] }) });
    await isInvalid(/task-1000/, /tasks\/task-002\.md:4:\d+/);
  });

  it('hostile ids, each with its place', async () => {
    const ids = [
      '../../x',
      '-rf',
      'a;b',
      'a\u0000b',
      'x'.repeat(300),
      '$(touch x)',
      'a\nb',
      '/etc/passwd',
      'a\u001b[2Jb',
      '.git',
      'a\u202eb',
    ];
    plan(Object.fromEntries(ids.map((id, at) => [`${folder}/tasks/bad-${at}.md`, task(id)])));
    const { text, details } = await isInvalid(/tasks\/bad-0\.md:2:\d+/);
    for (const at of ids.keys()) expect(codes(details, `tasks/bad-${at}.md`), ids[at]).toContain('unsafe-id');
    expect(text).not.toContain('x'.repeat(300));
  });

  it('hostile paths, each with its place', async () => {
    const paths = ['../../x', '-rf', '/etc/passwd', '.git/hooks/pre-commit', 'a/../../b', 'x'.repeat(300)];
    const files = paths.map((path, at) => [`${folder}/tasks/bad-${at}.md`, task(`bad-${at}`, { create: path })]);
    plan(Object.fromEntries(files));
    const { details } = await isInvalid(/tasks\/bad-0\.md:\d+:\d+/);
    for (const at of paths.keys()) expect(codes(details, `tasks/bad-${at}.md`), paths[at]).toContain('unsafe-path');
  });

  it('a NUL in a task file, and bytes that are no text', async () => {
    plan({ [`${folder}/tasks/task-003.md`]: `${task('task-003')}\0` });
    await isInvalid(/task-003\.md/, /NUL/);
    writeFileSync(join(scratch.repo, `${folder}/tasks/task-003.md`), Buffer.from([0x2d, 0xff, 0xfe]));
    await isInvalid(/task-003\.md/, /UTF-8/);
  });

  it('a prompt of 5 MB', async () => {
    plan({ [`${folder}/prompts/task-001.txt`]: 'Do it. '.repeat(750_000) });
    await isInvalid(/prompts\/task-001\.txt/, /5\.0 MiB/);
    expect((await refused(scratch, ['run'])).text.length, 'the prompt itself is not repeated').toBeLessThan(1000);
  });

  it('a name of the plan folder that can be no branch', async () => {
    for (const name of ['a b', 'x~1', '-rf', 'a..b', 'x.lock', '$(touch x)', 'n'.repeat(150)]) {
      const at = join(scratch.repo, 'parallel', name, 'tasks');
      mkdirSync(at, { recursive: true });
      writeFileSync(join(at, 'task-001.md'), task('task-001'));
      const refusal = await refused(scratch, ['run', '--', `parallel/${name}`]);
      expect(refusal, name).toMatchObject({ code: 'plan-invalid', exit: 3 });
      rmSync(join(scratch.repo, 'parallel'), { recursive: true });
    }
  });

  it('shows the first findings, and --json has them all', async () => {
    const files = Array.from({ length: 30 }, (_, at) => {
      const text = task(`task-${100 + at}`, { deps: ['task-999'] });
      return [`${folder}/tasks/task-${100 + at}.md`, text] as const;
    });
    for (const [path, text] of files) scratch.write(path, text);
    const { text, details } = await isInvalid(/30 errors/, /and 25 more/);
    expect(details).toHaveLength(30);
    expect(text.split('\n').length).toBeLessThan(12);
  });
});
