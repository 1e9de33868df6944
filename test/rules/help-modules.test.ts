import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/table.ts';
import { compiled } from '../rig/compiled.ts';

/** Tells every module that is loaded, from inside the loader, on a stream of its own. */
const HOOKS = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(3, url + '\\n');
  return next(url, context);
}
`;

let folder: string;
beforeAll(() => {
  folder = compiled('cli/start.ts');
  writeFileSync(join(folder, 'main.js'), "import { start } from './cli/start.js';\nstart();\n");
  writeFileSync(join(folder, 'hooks.js'), HOOKS);
  const hooks = pathToFileURL(join(folder, 'hooks.js')).href;
  writeFileSync(join(folder, 'record.js'), `import { register } from 'node:module';\nregister('${hooks}');\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints, and the modules it loads, without the entry of the test. */
function run(...argv: string[]): { stdout: string; modules: string[] } {
  const record = pathToFileURL(join(folder, 'record.js')).href;
  const { status, output } = spawnSync(process.execPath, ['--import', record, join(folder, 'main.js'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(status, output[2]!).toBe(0);
  const start = `${pathToFileURL(folder).href}/`;
  const modules = output[3]!
    .trim()
    .split('\n')
    .map((url) => url.replace(start, ''));
  return { stdout: output[1]!, modules: modules.filter((url) => url !== 'main.js').sort() };
}

it('`copse --help` loads its entry modules and nothing else', () => {
  const { stdout, modules } = run('--help');
  expect(stdout).toBe(helpText(COMMANDS));
  expect(modules).toEqual(['cli/help.js', 'cli/main.js', 'cli/start.js', 'cli/table.js', 'util/refusal.js']);
});

it('a command loads its own module, and not those of the others', () => {
  const { modules } = run('logs', '--help');
  expect(modules).toContain('cli/commands/logs.js');
  expect(modules).toContain('node:fs');
  expect(modules).not.toContain('cli/commands/run.js');
});

it('the program itself adds nothing', () => {
  const program = readFileSync(join(import.meta.dirname, '../../bin/copse.js'), 'utf8');
  expect(program.match(/\bimport\b.*|\brequire\b.*/g)).toEqual(["import { start } from '../dist/cli/start.js';"]);
});
