import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { journalOf } from '../rig/copse.ts';
import { HOSTILE_TEXTS } from '../rig/hostile-plans.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

let scratch: Scratch;
const plan = 'parallel/TS-0001-hostile';

beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const cli = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
/** What would be there if anything of a plan had been executed. */
const pwned = () =>
  (readdirSync(scratch.root, { recursive: true }) as string[]).filter((path) => /(^|\/)pwned$/.test(path));

/** One task whose every field that is free text is `text`, in the manifest and in the task's file. */
function task(id: string, text: string): { file: string; entry: unknown } {
  const word = text.replace(new RegExp(STEERING, 'gu'), '').replaceAll('\n', '').slice(0, 80) || 'x';
  const [yaml, quoted] = [JSON.stringify(text), JSON.stringify(word)];
  const heading = text.replace(/[\r\n]/g, ' ');
  const file = `---\nid: ${id}\nwave: 1\ndeps: []\ncomponent: ${yaml}\nagent: ${quoted}\nmodel: ${quoted}\nskills: [${yaml}]\ntech_spec: ${yaml}\n---\n# ${heading}\n\n## Scope\nCREATE: ${id}.txt\nBOUNDARY: other/*\n\n## Requirements\n${text}\n`;
  return { file, entry: { id, title: text, agent: word, model: word, component: text } };
}

describe('texts that are commands to a shell', () => {
  it('are data all the way: to the agent, into commits, logs and reports', async () => {
    const texts = HOSTILE_TEXTS.filter((text) => !/\0/.test(text) && text.trim() !== '').slice(2, 20);
    const tasks = texts.map((text, index) => task(`task-${String(index + 1).padStart(3, '0')}`, text));
    const manifest = {
      title: '$(touch pwned)`touch pwned`',
      tech_spec_id: ';touch pwned',
      sources: { prd: '| touch pwned' },
      waves: [{ number: 1, name: '$(touch pwned)', tasks: tasks.map(({ entry }) => entry) }],
    };
    const files = tasks.map(({ file }, index) => [`${plan}/tasks/task-${String(index + 1).padStart(3, '0')}.md`, file]);
    scratch.commit('plan', {
      ...Object.fromEntries(files),
      [`${plan}/manifest.json`]: JSON.stringify(manifest),
      [`${plan}/context.md`]: '$(touch pwned)\n`touch pwned`\n',
      'copse.config.json': JSON.stringify(commandAgent(scratch)),
    });

    const validated = await cli('validate');
    expect(validated.stdout).not.toMatch(STEERING);
    expect(validated.exit, validated.stdout).toBe(0);
    const ran = await cli('run', '--max-concurrent', '4', '--retries', '0');
    expect([ran.exit, ran.stderr]).toEqual([0, expect.stringContaining(`${texts.length} of ${texts.length} tasks`)]);
    const integrated = await cli('integrate');
    expect(integrated.exit, integrated.stderr).toBe(0);
    for (const argv of [
      ['status'],
      ['plan'],
      ['logs'],
      ['logs', 'task-009'],
      ['logs', 'task-009', '--prompt'],
      ['clean'],
    ]) {
      const { stdout, stderr } = await cli(...argv);
      expect(`${stdout}${stderr}`, argv.join(' ')).not.toMatch(STEERING);
    }
    for (const { stdout, stderr } of [ran, integrated]) expect(`${stdout}${stderr}`).not.toMatch(STEERING);
    expect(readFileSync(join(scratch.repo, plan, 'integration-report.md'), 'utf8')).not.toMatch(STEERING);
    expect(pwned()).toEqual([]);
    expect(
      scratch
        .git('ls-tree', '--name-only', 'HEAD')
        .split('\n')
        .filter((name) => name.startsWith('task-')),
    ).toEqual(texts.map((_, index) => `task-${String(index + 1).padStart(3, '0')}.txt`));
    expect(scratch.git('for-each-ref', '--format=%(refname)', 'refs/heads/feature')).toBe('');
  });

  it('a NUL, which no program can be given, is refused or left out before an agent starts', async () => {
    scratch.commit('plan', {
      [`${plan}/tasks/task-001.md`]: task('task-001', 'a').file,
      [`${plan}/manifest.json`]: JSON.stringify({
        title: 'a\0b',
        waves: [{ number: 1, tasks: [{ id: 'task-001', title: 'a\0b', model: 'a\0b', agent: 'a\0b' }] }],
      }),
      'copse.config.json': JSON.stringify(commandAgent(scratch)),
    });
    const { exit, stderr } = await cli('run');
    expect([exit, stderr]).toEqual([3, expect.stringContaining('has a control character')]);
    expect(existsSync(join(scratch.repo, '.git/copse'))).toBe(false);
  });

  it('file names of an agent steer no terminal either', async () => {
    scratch.commit('plan', {
      [`${plan}/tasks/task-001.md`]: task('task-001', 'a').file.replace(
        'CREATE: task-001.txt',
        'CREATE: a.txt\nBOUNDARY: b*',
      ),
      'copse.config.json': JSON.stringify(
        commandAgent(scratch, {
          'task-001': `printf x > "$(printf 'b\\033[2J\\n\\302\\233\\342\\200\\256;touch pwned')"; printf '\\033]0;owned\\007\\342\\200\\256said\\n'; printf '\\033[31mbad\\342\\200\\256\\n' >&2`,
        }),
      ),
    });
    const ran = await cli('run', '--retries', '0');
    expect(ran.exit).toBe(1);
    for (const argv of [
      ['status'],
      ['logs', 'task-001'],
      ['logs', 'task-001', '--stderr'],
      ['diff', 'task-001', '--stat'],
    ]) {
      const { stdout, stderr } = await cli(...argv);
      expect(`${stdout}${stderr}`, argv.join(' ')).not.toMatch(STEERING);
    }
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(STEERING);
    expect(journalOf(scratch).some((event) => event.type === 'attempt.failed')).toBe(true);
    expect(pwned()).toEqual([]);
  });
});
