import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtCopse, type Copse } from '../rig/copse.ts';
import { taskFile } from '../rig/plan-source.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

// Sizes that no plan has, through the program, with a heap that a small machine has: 256 MB.

let copse: Copse;
let scratch: Scratch;
const folder = 'parallel/TS-0001-large';

beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());

/** Runs copse in a repository with this plan; the limit of time is for hangs alone. */
function run(files: Record<string, string>, argv: string[]) {
  scratch = scratchRepository();
  try {
    scratch.commit(
      'plan',
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
    );
    const args = ['--max-old-space-size=256', copse.main, ...argv];
    const options = {
      cwd: scratch.repo,
      env: scratch.env,
      encoding: 'utf8',
      timeout: 600_000,
      maxBuffer: 1 << 26,
    } as const;
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, options);
    expect([signal, stderr.slice(0, 2000)], stdout.slice(0, 2000)).toEqual([null, expect.not.stringContaining('heap')]);
    return { exit: status, stdout, stderr };
  } finally {
    scratch.remove();
  }
}

const MB = 1024 * 1024;
const task = (id: string, front = '', scope = `CREATE: ${id}.ts\nBOUNDARY: x/*`) =>
  taskFile(id, { more: front, scope });
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghij']
  .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`)
  .join('\n')}`;

describe('large plans in a small heap', { timeout: 900_000 }, () => {
  it.each<[string, Record<string, string>, string]>([
    ['a manifest of 50 MB', { 'manifest.json': `{"title":"${'x'.repeat(50 * MB)}"}` }, 'file-too-large'],
    ['a manifest of brackets', { 'manifest.json': '['.repeat(1.9 * MB) }, 'manifest-not-json'],
    ['a YAML bomb', { 'tasks/task-001.md': task('task-001', BOMB) }, 'front-matter-invalid'],
    [
      'front matter of one line of 1 MB',
      { 'tasks/task-001.md': task('a', `note: "${'a b '.repeat(MB / 4)}"`) },
      'front-matter',
    ],
    [
      'a scope of one line of 1 MB',
      { 'tasks/task-001.md': task('a', '', `CREATE: ${'../x, '.repeat(MB / 6)}`) },
      'unsafe-path',
    ],
    ['a prompt of 3 MB', { 'tasks/a.md': task('a'), 'prompts/a.txt': 'x'.repeat(3 * MB) }, 'file-too-large'],
  ])('%s: findings that fit a screen, exit status 3', (_what, files, code) => {
    const { exit, stdout } = run(files, ['validate']);
    expect([exit, stdout.slice(0, 3000)]).toEqual([3, expect.stringContaining(code)]);
    expect(stdout.split('\n').length).toBeLessThan(220);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(2000);
  });

  it('ten thousand tasks are validated, a thousand scheduled', () => {
    const tasks = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => {
          const parts = { wave: 1 + Math.floor(at / 100), deps: at < 100 ? '' : `t${at - 100}` };
          return [
            `tasks/t${at}.md`,
            taskFile(`t${at}`, { ...parts, scope: `CREATE: m${at}/*.ts\nMODIFY: i.ts::s${at}\nBOUNDARY: x/*` }),
          ];
        }),
      );
    const validated = run(tasks(10_000), ['validate']);
    expect([validated.exit, validated.stdout.slice(-300)]).toEqual([0, expect.stringContaining('valid')]);
    const planned = run(tasks(1_000), ['plan', '--json', '--max-concurrent', '32']);
    expect(planned.exit).toBe(0);
    expect((JSON.parse(planned.stdout) as { tasks: unknown[] }).tasks).toHaveLength(1000);
  });
});
