import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/table.ts';
import { builtPackage } from '../rig/package.ts';

/** Tells every file that is read and every module of Node that is required, on a stream of its own. */
const RECORD = `
const fs = require('node:fs');
const Module = require('node:module');
const { readFileSync, writeSync } = fs;
const { _load } = Module;
fs.readFileSync = (path, ...rest) => {
  writeSync(3, path + '\\n');
  return readFileSync(path, ...rest);
};
Module._load = (name, ...rest) => {
  writeSync(3, name + '\\n');
  return _load(name, ...rest);
};
`;

let folder: string;
beforeAll(() => {
  folder = builtPackage();
  writeFileSync(join(folder, 'record.cjs'), RECORD);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command prints, and the modules of ours that it loads. */
function run(...argv: string[]): { stdout: string; modules: string[] } {
  const program = join(folder, 'bin/copse.js');
  const { status, output } = spawnSync(process.execPath, ['--require', join(folder, 'record.cjs'), program, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(status, output[2]!).toBe(0);
  const named = output[3]!.trim().split('\n');
  const modules = named.flatMap((name) => /(?:^node:.*|[^/]+\.(?:c?js|code|txt))$/.exec(name)?.[0] ?? []);
  return { stdout: output[1]!, modules: [...new Set(modules)].sort() };
}

it('`copse --help` is a text that the build wrote: no module of ours is loaded', () => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    expect(run(...argv)).toEqual({ stdout: helpText(COMMANDS), modules: ['copse.js', 'help.txt', 'node:fs'] });
  }
  rmSync(join(folder, 'dist/help.txt'));
});

it('without that text it is the same, from its entry modules and nothing else', () => {
  const { stdout, modules } = run('--help');
  expect(stdout).toBe(helpText(COMMANDS));
  const ofNode = ['node:fs', 'node:path', 'node:v8', 'node:vm'];
  const entry = ['entry.cjs', 'entry.cjs.code', 'start.cjs', 'start.cjs.code'];
  expect(modules).toEqual([...entry, ...ofNode, 'copse.js', 'help.txt', 'load.js'].sort());
});

it('a command loads its own module, and not those of the others', () => {
  const { modules } = run('logs', '--help');
  expect(modules).toContain('logs.cjs');
  expect(modules).not.toContain('run.cjs');
});

it('no joined module has an import() of its own, which would not work in a script', () => {
  const joined = join(folder, 'dist/start');
  for (const name of readdirSync(joined).filter((each) => each.endsWith('.cjs'))) {
    expect(readFileSync(join(joined, name), 'utf8'), name).not.toMatch(/(?<![\w.$'"`] ?)import\(/);
  }
});

describe('the machine code that the build keeps', () => {
  const rejected = () => {
    const program = `
      const vm = require('node:vm');
      const { Script } = vm;
      vm.Script = class extends Script {
        constructor(...given) {
          super(...given);
          console.log(String(this.cachedDataRejected));
        }
      };
      require('./bin/load.js').load(process.cwd() + '/dist/start/start.cjs');
    `;
    return spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' }).stdout.trim().split('\n');
  };

  it('is taken by the node that made it', () => expect(new Set(rejected())).toEqual(new Set(['false'])));

  it('is passed over when it is not what it was, or gone', () => {
    const file = join(folder, 'dist/start/entry.cjs.code');
    const code = readFileSync(file);
    writeFileSync(file, code.subarray(0, code.length / 2));
    expect(rejected()).toContain('true');
    expect(run('--version').stdout).toMatch(/^\d/);
    rmSync(file);
    expect(rejected()).toContain('undefined');
    expect(run('--version').stdout).toMatch(/^\d/);
  });
});
