import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
