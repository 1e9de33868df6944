import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/table.ts';
import { builtPackage } from '../rig/package.ts';

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
  folder = builtPackage();
  writeFileSync(join(folder, 'hooks.js'), HOOKS);
  const hooks = pathToFileURL(join(folder, 'hooks.js')).href;
  writeFileSync(join(folder, 'record.js'), `import { register } from 'node:module';\nregister('${hooks}');\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints, and the modules it loads. */
function run(...argv: string[]): { stdout: string; modules: string[] } {
  const record = pathToFileURL(join(folder, 'record.js')).href;
  const program = join(folder, 'bin/copse.js');
  const { status, output } = spawnSync(process.execPath, ['--import', record, program, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(status, output[2]!).toBe(0);
  const places = [`${pathToFileURL(folder).href}/dist/`, `${pathToFileURL(folder).href}/`];
  const modules = output[3]!.trim().split('\n');
  return {
    stdout: output[1]!,
    modules: modules.map((url) => places.reduce((name, place) => name.replace(place, ''), url)).sort(),
  };
}

it('`copse --help` is a text that the build wrote: no module of ours is loaded', () => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    expect(run(...argv)).toEqual({ stdout: helpText(COMMANDS), modules: ['bin/copse.js'] });
  }
  rmSync(join(folder, 'dist/help.txt'));
});

it('without that text it is the same, from its entry modules and nothing else', () => {
  const { stdout, modules } = run('--help');
  expect(stdout).toBe(helpText(COMMANDS));
  const entry = ['start/refusal.js', 'start/start.js', 'start/table.js'];
  expect(modules).toEqual(['bin/copse.js', ...entry]);
});

it('a command loads its own module, and not those of the others', () => {
  const { modules } = run('logs', '--help');
  expect(modules).toContain('start/logs.js');
  expect(modules).toContain('node:fs');
  expect(modules).not.toContain('start/run.js');
});
