import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/rig/cli.ts';
import { taskFile } from '../../../test/rig/plan-source.ts';

let root: string;
const plan = 'parallel/TS-0042-inventory';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-')));
  write('tasks/task-001-users.md', taskFile('task-001-users'));
  write('tasks/task-002-orders.md', taskFile('task-002-orders', { wave: 2, deps: 'task-001-users' }));
  write('contracts/types.ts', 'export interface User {}\n');
  write('context.md', '# Shop\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string | Uint8Array): void {
  const path = join(root, plan, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const read = (file: string) => readFileSync(join(root, plan, file), 'utf8');
const list = () => readdirSync(join(root, plan, 'prompts')).sort();
const prompts = (...argv: string[]) => runCli(['prompts', ...argv], { cwd: root });

describe('copse prompts', () => {
  it('writes what is missing, keeps what is there, and says so', async () => {
    write('prompts/task-002.txt', 'mine');
    const { exit, stdout, stderr } = await prompts();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(`${plan}: 1 prompt written, 1 kept
  written   prompts/task-001.txt
  kept      prompts/task-002.txt
  written   prompts/agent-prompts.md
next: copse prompts ${plan} --check
`);
    expect(read('prompts/task-002.txt')).toBe('mine');
    expect(read('prompts/task-001.txt')).toContain('export interface User {}');
    expect(list()).toEqual(['agent-prompts.md', 'task-001.txt', 'task-002.txt']);
  });

  it('what it writes passes its own check, and is written once', async () => {
    await prompts();
    const before = read('prompts/task-001.txt');
    expect((await prompts('TS-0042', '--check')).exit).toBe(0);
    const again = await prompts('TS-0042');
    expect(again.stdout).toContain('0 prompts written, 2 kept');
    expect(read('prompts/task-001.txt')).toBe(before);
  });

  it('a prompt that is not there can be had again byte for byte', async () => {
    await prompts();
    cpSync(join(root, plan, 'prompts'), join(root, 'before'), { recursive: true });
    rmSync(join(root, plan, 'prompts'), { recursive: true });
    await prompts();
    for (const file of list()) expect(read(`prompts/${file}`)).toBe(readFileSync(join(root, 'before', file), 'utf8'));
  });

  it('refuses a plan with errors, and writes nothing', async () => {
    write('tasks/task-003.md', taskFile('task-003', { deps: 'task-999' }));
    const { exit, stderr } = await prompts();
    expect(exit).toBe(3);
    expect(stderr).toMatch(/parallel\/TS-0042-inventory\/tasks\/task-003\.md:\d+: the plan is not valid: /);
    expect(stderr).toContain(`next: copse validate ${plan}`);
    expect(existsSync(join(root, plan, 'prompts'))).toBe(false);
  });

  it('gives JSON', async () => {
    const { stdout } = await prompts('--json');
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      command: 'prompts',
      ok: true,
      plan: 'TS-0042-inventory',
      mode: 'write',
      prompts: [
        { file: 'prompts/task-001.txt', task: 'task-001-users', action: 'written' },
        { file: 'prompts/task-002.txt', task: 'task-002-orders', action: 'written' },
      ],
      index: 'prompts/agent-prompts.md',
    });
  });
});

describe('copse prompts --check', () => {
  it('names what is missing and what of it is critical; writes nothing', async () => {
    await prompts();
    write(
      'prompts/task-002.txt',
      read('prompts/task-002.txt').replace(/=== (?:CONTRACTS|IMPORTANT RULES) ===/g, '## x'),
    );
    const before = list();
    const { exit, stdout } = await prompts('--check');
    expect(exit).toBe(1);
    expect(stdout).toBe(`  ok        prompts/task-001.txt
  invalid   prompts/task-002.txt  missing: CONTRACTS, IMPORTANT RULES (critical)
not valid: 1 of 2 prompts
next: copse prompts ${plan} --fix
`);
    expect(list()).toEqual(before);
  });

  it('shows every section with --verbose', async () => {
    write('prompts/task-001.txt', '=== CONTEXT ===\nx\n');
    const { stdout } = await prompts('--check', '--verbose');
    expect(stdout).toContain('    ✓ CONTEXT line 1\n');
    expect(stdout).toContain('    ✗ OBJECTIVE\n');
    expect(stdout).toContain('    ✗ COMPLETION SIGNAL critical\n');
    expect(stdout).toContain('    - OUTPUT FORMAT (REQUIRED) added by the run\n');
    expect(stdout).toContain('no prompt file, made by the run: task-002-orders');
  });

  it('checks prompts no task uses, and of a plan that is not valid', async () => {
    write('tasks/task-003.md', taskFile('task-003', { deps: 'task-999' }));
    write('prompts/task-009.txt', 'Do it.');
    const { exit, stdout } = await prompts('--check', '--json');
    expect(exit).toBe(1);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ ok: false, mode: 'check', prompts: [{ file: 'prompts/task-009.txt', task: null }] });
    expect(found.prompts[0].sections[0]).toEqual({
      section: 'REQUIRED SKILLS',
      present: false,
      critical: false,
      required: true,
      line: null,
    });
  });

  it('names a prompt that cannot be read', async () => {
    write('prompts/task-001.txt', Buffer.from([0x61, 0xe4]));
    const { exit, stdout } = await prompts('--check');
    expect(exit).toBe(1);
    expect(stdout).toContain('invalid   prompts/task-001.txt  prompts/task-001.txt is not UTF-8');
    expect(stdout).toContain(`next: copse validate ${plan}`);
  });

  it('ends with 2 when there is no folder or no prompt', async () => {
    const none = await prompts('--check');
    expect(none.exit).toBe(2);
    expect(none.stderr).toBe(
      `copse: there is no prompt in ${plan}/prompts/ [no-prompts]\n  next: copse prompts ${plan} writes them from the tasks\n`,
    );
    expect((await prompts('parallel/TS-0099-ghost', '--check')).exit).toBe(2);
    expect((await prompts('--fix')).exit).toBe(2);
  });
});

describe('copse prompts --fix', () => {
  it('mends what is not valid, keeps the old text, and is done at once', async () => {
    await prompts();
    write('prompts/task-002.txt', 'Mine.\n\n=== OBJECTIVE ===\nMine, too.\n');
    const { exit, stdout } = await prompts('--fix');
    expect(exit).toBe(0);
    expect(stdout).toContain('  fixed     prompts/task-002.txt  before: prompts/task-002.txt.backup\n');
    expect(stdout).toMatch(/valid: 2 prompts\nnext: copse run parallel\/TS-0042-inventory\n$/);
    expect(read('prompts/task-002.txt.backup')).toBe('Mine.\n\n=== OBJECTIVE ===\nMine, too.\n');
    expect(read('prompts/task-002.txt')).toContain('\n=== OBJECTIVE ===\nMine, too.\n');
    const files = list();
    expect((await prompts('--fix')).stdout).not.toContain('fixed');
    expect(list()).toEqual(files);
  });

  it('leaves a prompt that no task uses, and fails for it', async () => {
    write('prompts/task-009.txt', 'Do it.');
    const { exit, stdout } = await prompts('--fix');
    expect(exit).toBe(1);
    expect(stdout).toContain('no task uses it');
    expect(stdout).toContain('remove the prompts above, which no task uses');
    expect(read('prompts/task-009.txt')).toBe('Do it.');
  });
});

describe('copse prompts --fresh', () => {
  it('writes all anew and keeps the old ones', async () => {
    write('prompts/task-001.txt', 'old');
    const { exit, stdout } = await prompts('--fresh');
    expect(exit).toBe(0);
    const [, backup] = /before: (prompts\.backup-\S+\/task-001\.txt)/.exec(stdout)!;
    expect(read(backup!)).toBe('old');
    expect(read('prompts/task-001.txt')).toContain('=== COMPLETION SIGNAL ===');
    expect((await prompts('--fresh')).stdout).toContain('unchanged prompts/task-001.txt');
  });

  it('goes with neither --check nor --fix', async () => {
    expect((await prompts('--fresh', '--check')).exit).toBe(2);
    expect((await prompts('--fresh', '--fix')).exit).toBe(2);
    expect(existsSync(join(root, plan, 'prompts'))).toBe(false);
  });
});
