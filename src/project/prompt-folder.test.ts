import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { aPlan } from '../../test/rig/plans.ts';
import type { Task } from '../plan/plan.ts';
import { generatePrompt } from '../plan/prompt.ts';
import { isValidPrompt } from '../plan/prompt-check.ts';
import { fixPrompts, regeneratePrompts, writeMissingPrompts, writePromptIndex } from './prompt-folder.ts';

let root: string;
let dir: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-')));
  dir = join(root, 'TS-0042-inventory');
  mkdirSync(join(dir, 'prompts'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string) => readFileSync(join(dir, file), 'utf8');

/** A task whose prompt stands in the folder. */
function withPrompt(id: string, text: string, file = `prompts/${id}.txt`): Task {
  mkdirSync(join(dir, file, '..'), { recursive: true });
  writeFileSync(join(dir, file), text);
  return aTask({ id, prompt: { file, text } });
}

const at = new Date(Date.UTC(2026, 0, 31, 12));

describe('writeMissingPrompts', () => {
  it('writes what is missing and keeps what is there', () => {
    const plan = aPlan([withPrompt('task-001', 'mine'), aTask({ id: 'task-002-orders' })]);
    expect(writeMissingPrompts(dir, plan)).toEqual([
      { file: 'prompts/task-001.txt', task: 'task-001', action: 'kept' },
      { file: 'prompts/task-002.txt', task: 'task-002-orders', action: 'written' },
    ]);
    expect(read('prompts/task-001.txt')).toBe('mine');
    expect(read('prompts/task-002.txt')).toBe(generatePrompt(plan, plan.tasks[1]!));
  });

  it('makes the folder, and overwrites nothing that the plan does not know of', () => {
    const plan = aPlan([aTask()]);
    writeFileSync(join(dir, 'prompts/task-001.txt'), 'came meanwhile');
    expect(writeMissingPrompts(dir, plan)[0]!.action).toBe('kept');
    expect(read('prompts/task-001.txt')).toBe('came meanwhile');
    rmSync(join(dir, 'prompts'), { recursive: true });
    expect(writeMissingPrompts(dir, plan)[0]!.action).toBe('written');
  });

  it('follows no link out of the plan folder', () => {
    rmSync(join(dir, 'prompts'), { recursive: true });
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), join(dir, 'prompts'));
    expect(() => writeMissingPrompts(dir, aPlan([aTask()]))).toThrow(/leads out of the plan folder/);
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  });
});

describe('regeneratePrompts', () => {
  it('writes all anew, and keeps the old ones', () => {
    const tasks = [
      withPrompt('task-001', 'one'),
      withPrompt('task-002', 'two', 'custom/two.txt'),
      aTask({ id: 'task-003' }),
    ];
    const plan = aPlan(tasks);
    writeFileSync(join(dir, 'prompts/notes.md'), 'notes');
    expect(regeneratePrompts(dir, plan, at).map(({ action, backup }) => [action, backup])).toEqual([
      ['written', 'prompts.backup-2026-01-31T12-00-00-000Z/task-001.txt'],
      ['written', 'prompts.backup-2026-01-31T12-00-00-000Z/custom/two.txt'],
      ['written', undefined],
    ]);
    expect(read('prompts.backup-2026-01-31T12-00-00-000Z/task-001.txt')).toBe('one');
    expect(read('prompts.backup-2026-01-31T12-00-00-000Z/custom/two.txt')).toBe('two');
    for (const task of tasks)
      expect(read(task.prompt?.file ?? 'prompts/task-003.txt')).toBe(generatePrompt(plan, task));
    expect(read('prompts/notes.md')).toBe('notes');
  });

  it('makes no backup when nothing changes, and never writes into an earlier one', () => {
    const plan = aPlan([aTask()]);
    writeMissingPrompts(dir, plan);
    expect(regeneratePrompts(dir, plan, at)[0]!.action).toBe('unchanged');
    writeFileSync(join(dir, 'prompts/task-001.txt'), 'first');
    expect(regeneratePrompts(dir, plan, at)[0]!.backup).toMatch(/000Z\/task-001/);
    writeFileSync(join(dir, 'prompts/task-001.txt'), 'second');
    expect(regeneratePrompts(dir, plan, at)[0]!.backup).toMatch(/000Z-2\/task-001/);
    expect(read('prompts.backup-2026-01-31T12-00-00-000Z/task-001.txt')).toBe('first');
  });
});

describe('fixPrompts', () => {
  it('mends the invalid ones, and never overwrites a backup', () => {
    const plan = aPlan([withPrompt('task-001', 'mine\n'), aTask({ id: 'task-002' })]);
    writeMissingPrompts(dir, plan);
    writeFileSync(join(dir, 'prompts/task-001.txt.backup'), 'earlier');
    expect(fixPrompts(dir, plan)).toEqual([
      { file: 'prompts/task-001.txt', task: 'task-001', action: 'fixed', backup: 'prompts/task-001.txt.backup.2' },
    ]);
    expect(read('prompts/task-001.txt.backup')).toBe('earlier');
    expect(read('prompts/task-001.txt.backup.2')).toBe('mine\n');
    expect(read('prompts/task-001.txt')).toMatch(/^mine\n/);
    expect(isValidPrompt(read('prompts/task-001.txt'))).toBe(true);
  });

  it('leaves valid ones alone, byte for byte', () => {
    const plan = aPlan([aTask()]);
    const text = `\ufeff${generatePrompt(plan, aTask()).replaceAll('\n', '\r\n')}`;
    expect(fixPrompts(dir, aPlan([withPrompt('task-001', text)]))).toEqual([]);
    expect(read('prompts/task-001.txt')).toBe(text);
  });
});

describe('writePromptIndex', () => {
  it('writes it once, again when the plan changed, and never over somebody’s own', () => {
    expect(writePromptIndex(dir, aPlan([aTask()]))).toBe(true);
    expect(writePromptIndex(dir, aPlan([aTask()]))).toBe(false);
    expect(writePromptIndex(dir, aPlan([aTask({ title: 'Other' })]))).toBe(true);
    writeFileSync(join(dir, 'prompts/agent-prompts.md'), '# mine');
    expect(writePromptIndex(dir, aPlan([aTask()]))).toBe(false);
    expect(read('prompts/agent-prompts.md')).toBe('# mine');
    expect(existsSync(join(dir, 'prompts/agent-prompts.md'))).toBe(true);
  });
});
