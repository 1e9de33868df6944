import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileSays } from '../../test/rig/file-says.ts';
import { compiled } from '../../test/rig/package.ts';
import { settleOrphans } from './orphans.ts';
import { isAlive, type ProcessId, processStart } from './tree.ts';

let modules: string;
let folder: string;
beforeEach(() => {
  modules = compiled();
  folder = join(modules, 'here');
  mkdirSync(folder);
});
afterEach(() => rmSync(modules, { recursive: true, force: true }));

/** Runs a helper, a git and an agent, which all wait for a file. */
const PARENT = `
import { exec } from '../process/exec.js';
import { launch } from '../process/launch.js';
const wait = (name) => ['sh', '-c', 'echo $$ >' + name + '; until [ -e ' + name + '.open ]; do sleep 0.02; done'];
exec('sh', wait('helper').slice(1), { cwd: '.' });
exec('sh', wait('git').slice(1), { cwd: '.', lasting: true });
launch({ argv: wait('agent'), cwd: '.', env: process.env, stdin: null, stdout: 'out', stderr: 'err', exitFile: 'exit' });
`;

it('what a killed process left is ended, a git is waited for, an agent lives on', async () => {
  writeFileSync(join(folder, 'main.js'), PARENT);
  const parent = spawn(process.execPath, ['main.js'], { cwd: folder, stdio: 'ignore' });
  const killed: ProcessId = { pid: parent.pid!, pidStart: processStart(parent.pid!)! };
  const [helper, git, agent] = await Promise.all(
    ['helper', 'git', 'agent'].map(async (name) => {
      const pid = Number(await fileSays(join(folder, name)));
      return { pid, start: processStart(pid)! };
    }),
  );
  const lives = (one: typeof helper) => isAlive(one!.pid, one!.start);
  parent.kill('SIGKILL');
  await new Promise((resolve) => parent.once('exit', resolve));

  let settled = false;
  const settling = settleOrphans(killed).then(() => {
    settled = true;
  });
  while (lives(helper)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect([lives(git), lives(agent), settled]).toEqual([true, true, false]);
  writeFileSync(join(folder, 'git.open'), '');
  await settling;
  expect([lives(git), lives(agent)]).toEqual([false, true]);
  writeFileSync(join(folder, 'agent.open'), '');
  await fileSays(join(folder, 'exit'));
});
