import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resume } from '../../src/index.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { type Installed, installed } from '../rig/installed.ts';
import { scratchRepository } from '../rig/repository.ts';

// The library as somebody has it who installed the package: from the tarball, by its name.

const root = resolve(import.meta.dirname, '../..');

let copse: Installed;
beforeAll(() => {
  copse = installed();
}, 120_000);
afterAll(() => copse.remove());

const HELLO = `---
id: task-001
wave: 1
deps: []
---
# task-001: Say hello
## Scope
CREATE: hello.txt
## Requirements
- hello.txt says hello
## Checklist
- [ ] hello.txt exists
`;

it('the example of the documentation runs as it stands', () => {
  const scratch = scratchRepository({ 'parallel/hello/tasks/task-001.md': HELLO, '.gitignore': 'node_modules\n' });
  try {
    const work = 'echo hello > hello.txt; git add -A; git commit -qm hello';
    scratch.commit('config', { 'copse.config.json': JSON.stringify(commandAgent(scratch, { 'task-001': work })) });
    symlinkSync(join(copse.folder, 'node_modules'), join(scratch.repo, 'node_modules'));
    const example = readFileSync(join(root, 'docs/examples/library.mjs'), 'utf8');
    expect(example.trimEnd().split('\n')).toHaveLength(15);
    scratch.write('example.mjs', example);
    const ran = spawnSync(process.execPath, ['example.mjs'], { cwd: scratch.repo, env: scratch.env, encoding: 'utf8' });
    expect(ran).toMatchObject({
      status: 0,
      stderr: ['contracts', 'BOUNDARY'].map((no) => `warning: tasks/task-001.md:1: task-001 has no ${no}\n`).join(''),
      stdout: 'task-001: attempt 1\ntask-001: integrated, commits: 1\n',
    });
    expect(scratch.git('show', 'main:hello.txt')).toBe('hello');
  } finally {
    scratch.remove();
  }
});

it('so does the one with parts of the caller', () => {
  const scratch = scratchRepository({
    'parallel/hello/tasks/task-001.md': HELLO.replaceAll('hello.txt', 'hello.sh'),
    '.gitignore': 'node_modules\n',
  });
  try {
    symlinkSync(join(copse.folder, 'node_modules'), join(scratch.repo, 'node_modules'));
    scratch.write('example.mjs', readFileSync(join(root, 'docs/examples/parts.mjs'), 'utf8'));
    const broken = 'case "$2" in */task-001.1/*) echo "if" > hello.sh;; *) echo "echo hello" > hello.sh;; esac';
    scratch.write('agent.sh', `${broken}\ngit add -A; git commit -qm hello; echo said hello\n`);
    const ran = spawnSync(process.execPath, ['example.mjs'], { cwd: scratch.repo, env: scratch.env, encoding: 'utf8' });
    expect(ran, ran.stdout).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')).toEqual([
      'workspace of feature/task-001 is there',
      'workspace of feature/task-001 is there',
      'task-001 1 not valid shell: hello.sh',
      'task-001 2 1 shell scripts are valid',
      '',
    ]);
  } finally {
    scratch.remove();
  }
});

/** A program that runs or resumes the plan with an agent of its own, which waits for a file. */
const PROGRAM = `
import * as copse from 'copse';
const wait = 'while [ ! -e ../../../../go ] && [ -e .git ]; do sleep 0.1; done; echo hello > hello.txt; git add -A; git commit -qm hello';
const mine = {
  name: 'mine',
  command: () => ({ argv: ['sh', '-c', wait], env: {}, stdin: 'null' }),
  reader: () => ({
    line: () => [],
    verdict: (exit) => ({
      outcome: exit === 0 ? 'success' : 'crashed',
      message: '',
      claim: null,
      tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: 1, source: 'reported' },
    }),
  }),
  check: async () => ({ ok: true, version: '1', path: '/bin/sh' }),
  render: () => null,
};
const running = copse[process.argv[2]]('hello', { agent: 'mine', agents: { mine } });
for await (const { type, pid } of running) if (type === 'attempt.spawned') console.log(pid);
console.log((await running).outcome, (await running).summary.cost.usd);
`;

it('agents outlive a program that is killed; whoever brings the same parts goes on with them', async () => {
  const scratch = scratchRepository({ 'parallel/hello/tasks/task-001.md': HELLO, '.gitignore': 'node_modules\n' });
  try {
    symlinkSync(join(copse.folder, 'node_modules'), join(scratch.repo, 'node_modules'));
    scratch.write('program.mjs', PROGRAM);
    const options = { cwd: scratch.repo, env: scratch.env, timeout: 50_000 };
    const first = spawn(process.execPath, ['program.mjs', 'run'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise((resolve) => first.stdout.once('data', (chunk) => resolve(`${chunk}`.trim())));
    first.kill('SIGKILL');
    await new Promise((resolve) => first.once('close', resolve));
    await expect(resume('hello', { repository: scratch.repo, env: scratch.env })).rejects.toMatchObject({
      code: 'unknown-agent',
      exit: 2,
    });
    writeFileSync(join(scratch.root, 'go'), '');
    const second = spawnSync(process.execPath, ['program.mjs', 'resume'], { ...options, encoding: 'utf8' });
    expect(second).toMatchObject({ status: 0, stderr: '', stdout: `${pid}\nintegrated 1\n` });
  } finally {
    writeFileSync(join(scratch.root, 'go'), '');
    scratch.remove();
  }
});

it('the README shows the first one', () => {
  const example = readFileSync(join(root, 'docs/examples/library.mjs'), 'utf8');
  const indented = example.replace(/^(?=.)/gm, '    ');
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(indented);
});

it('its types hold for a strict caller, and need those of node alone', () => {
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
  };
  writeFileSync(join(copse.folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(copse.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['caller.ts'] }),
  );
  writeFileSync(join(copse.folder, 'caller.ts'), readFileSync(join(root, 'test/e2e/fixtures/caller.ts')));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const argv = [tsc, '-p', '.', '--listFiles'];
  const { stdout, status } = spawnSync(process.execPath, argv, { cwd: copse.folder, encoding: 'utf8' });
  expect(status, stdout).toBe(0);
  const files = stdout.trim().split('\n');
  expect(files).toContain(join(copse.folder, 'node_modules/copse/dist/index.d.ts'));
  const ours =
    /^\/.*\/(node_modules\/copse\/dist|node_modules\/(@types\/node|undici-types|@typescript\/[^/]*)|copse-installed-[^/]*\/caller\.ts)/;
  expect(files.filter((file) => !ours.test(file))).toEqual([]);
});
