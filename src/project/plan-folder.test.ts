import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { taskFile } from '../../test/rig/plan-source.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { Refusal } from '../util/refusal.ts';
import { loadPlanFolder, readPlanFolder } from './plan-folder.ts';

const scratches: Scratch[] = [];
afterEach(() => {
  for (const scratch of scratches.splice(0)) scratch.remove();
});

/** A repository with one plan; gives the plan folder and a way to write into it. */
function planFolder(files: Record<string, string | Buffer> = {}) {
  const scratch = scratchRepository();
  scratches.push(scratch);
  const dir = join(scratch.repo, 'parallel/TS-0042-inventory');
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  for (const [path, content] of Object.entries({
    'tasks/task-001.md': taskFile('task-001'),
    'contracts/types.ts': '',
    ...files,
  })) {
    write(path, content);
  }
  return { dir, write, scratch };
}

const problems = (dir: string) =>
  readPlanFolder(dir).unreadable?.map(({ level, code, file }) => `${level} ${code} ${file}`);

describe('readPlanFolder', () => {
  it('reads the documented files and nothing else', () => {
    const { dir } = planFolder({
      'manifest.json': '{}',
      'context.md': 'c',
      'architecture.md': 'not read',
      'contracts/v1/api.yaml': 'x',
      'contracts/.cache/y': 'z',
      'prompts/task-001.txt': 'p',
      'prompts/agent-prompts.md': 'not read',
      'prompts/task-001.txt.backup': 'not read',
      'logs/task-001.log': 'not read',
      'tasks/notes.txt': 'not read',
    });
    const source = readPlanFolder(`${dir}/`);
    expect(source.name).toBe('TS-0042-inventory');
    expect(source.unreadable).toEqual([]);
    expect([...source.files.keys()].sort()).toEqual([
      'context.md',
      'contracts/types.ts',
      'contracts/v1/api.yaml',
      'manifest.json',
      'prompts/task-001.txt',
      'tasks/task-001.md',
    ]);
  });

  it.each(['prompts/task-001.txt', 'tasks/task-002.md', 'manifest.json', 'context.md'])(
    '%s of 5 MB is an error that names it',
    (file) => {
      const { dir } = planFolder({ [file]: 'x'.repeat(5 * 1024 * 1024) });
      expect(problems(dir)).toEqual([`error file-too-large ${file}`]);
      const result = loadPlanFolder(dir);
      expect(result.ok).toBe(false);
      expect(result.diagnostics).toContainEqual(
        expect.objectContaining({
          code: 'file-too-large',
          file,
          message: `${file} has 5.0 MiB; at most 2 MiB can be read`,
        }),
      );
    },
  );

  it.each([
    ['NUL', Buffer.from('a\nb\0c'), 'not-text', 'has a NUL character on line 2'],
    ['Latin-1', Buffer.from([0x67, 0x72, 0xf6, 0xdf, 0x65]), 'not-text', 'is not UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFid: a', 'utf16le'), 'not-text', 'is not UTF-8 but UTF-16'],
  ])('a task file with %s is an error', (_what, content, code, message) => {
    const { dir } = planFolder({ 'tasks/task-002.md': content });
    expect(readPlanFolder(dir).unreadable).toMatchObject([
      { level: 'error', code, file: 'tasks/task-002.md', message: `tasks/task-002.md ${message}` },
    ]);
  });

  it('a binary contract is only a warning', () => {
    const { dir } = planFolder({ 'contracts/logo.png': Buffer.from([0x89, 0x50, 0, 1]) });
    expect(problems(dir)).toEqual(['warning not-text contracts/logo.png']);
    expect(loadPlanFolder(dir).ok).toBe(true);
  });

  it('links that lead out of the plan folder are refused, links inside are followed', () => {
    const { dir, write, scratch } = planFolder();
    scratch.write('secret.md', taskFile('task-009'));
    write('tasks/real.md', taskFile('task-002'));
    symlinkSync('../../../secret.md', join(dir, 'tasks/task-009.md'));
    symlinkSync('/etc/passwd', join(dir, 'contracts/passwd'));
    symlinkSync('real.md', join(dir, 'tasks/task-002.md'));
    symlinkSync('nowhere', join(dir, 'tasks/broken.md'));
    symlinkSync('loop.md', join(dir, 'tasks/loop.md'));
    const { files, unreadable } = readPlanFolder(dir);
    expect([...files.keys()].filter((file) => file.startsWith('tasks/'))).toEqual([
      'tasks/real.md',
      'tasks/task-001.md',
      'tasks/task-002.md',
    ]);
    expect(unreadable?.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'unreadable-file tasks/broken.md',
      'unreadable-file tasks/loop.md',
      'symlink-outside tasks/task-009.md',
      'symlink-outside contracts/passwd',
    ]);
  });

  it('a folder of the plan that is a link to elsewhere is refused whole', () => {
    const { dir, scratch } = planFolder();
    scratch.write('elsewhere/task-001.txt', 'secret');
    symlinkSync('../../elsewhere', join(dir, 'prompts'));
    expect(problems(dir)).toEqual(['error symlink-outside prompts']);
  });

  it('a pipe does not make it wait', () => {
    const { dir } = planFolder();
    expect(spawnSync('mkfifo', [join(dir, 'tasks/pipe.md')]).status).toBe(0);
    mkdirSync(join(dir, 'tasks/folder.md'));
    expect(problems(dir)).toEqual(['error not-a-file tasks/folder.md', 'error not-a-file tasks/pipe.md']);
  });

  it('a folder that is not there is refused with what to name instead', () => {
    expect(() => readPlanFolder('/nonexistent/plan')).toThrow(Refusal);
  });
});

describe('loadPlanFolder', () => {
  it('looks for what is to be created in the work tree around it, in folders that are there and in others', () => {
    const { dir, write, scratch } = planFolder();
    const create = ['src/there.ts', 'src/deep/er/there.ts', 'src/new.ts', 'none/at/all.ts', 'README.md', 'top.md'];
    write('tasks/task-001.md', taskFile('task-001', { scope: `CREATE: ${create.join(', ')}` }));
    for (const path of ['src/there.ts', 'src/deep/er/there.ts', 'README.md']) scratch.write(path, '');
    const notes = loadPlanFolder(dir).diagnostics.filter(({ code }) => code === 'create-existing');
    expect(notes.map(({ message }) => /'([^']*)'/.exec(message)?.[1])).toEqual([
      'src/there.ts',
      'src/deep/er/there.ts',
      'README.md',
    ]);
  });

  it('looks for contracts in the work tree around it', () => {
    const { dir, write, scratch } = planFolder();
    write('tasks/task-001.md', taskFile('task-001').replace('contracts/types.ts', 'src/types.ts'));
    expect(loadPlanFolder(dir).diagnostics.map(({ code }) => code)).toEqual(['missing-contract']);
    scratch.write('src/types.ts', '');
    expect(loadPlanFolder(dir).diagnostics).toEqual([]);
    expect(loadPlanFolder(dir, { repositoryHas: () => false }).diagnostics.map(({ code }) => code)).toEqual([
      'missing-contract',
    ]);
  });
});
