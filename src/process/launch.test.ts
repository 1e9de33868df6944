import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSays } from '../../test/rig/file-says.ts';
import { compiled } from '../../test/rig/package.ts';
import { type Launched, type LaunchOptions, launch, readPidFile, settleLaunch } from './launch.ts';
import { isAlive, processStart } from './tree.ts';
import { readExit, waitForExit } from './wait.ts';

let root: string;
const at = (name: string) => join(root, name);

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-launch-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function options(argv: string[], more: Partial<LaunchOptions> = {}): LaunchOptions {
  return {
    argv,
    cwd: root,
    env: { PATH: process.env.PATH },
    stdin: null,
    stdout: at('out'),
    stderr: at('err'),
    exitFile: at('exit'),
    pidFile: at('pid'),
    ...more,
  };
}

async function start(argv: string[], more: Partial<LaunchOptions> = {}): Promise<Launched> {
  const launched = await launch(options(argv, more));
  if ('error' in launched) throw new Error(launched.error.message);
  return launched;
}

async function refused(argv: string[], more: Partial<LaunchOptions> = {}) {
  const launched = await launch(options(argv, more));
  if (!('error' in launched)) throw new Error('it was started');
  return launched.error;
}

/** Runs to the end; gives the exit record. */
async function run(argv: string[], more: Partial<LaunchOptions> = {}) {
  const launched = await start(argv, more);
  return waitForExit({ ...launched, exitFile: more.exitFile ?? at('exit') });
}

const again = () => ({ exitFile: at('exit2'), pidFile: at('pid2') });
const out = () => readFileSync(at('out'), 'utf8');
const err = () => readFileSync(at('err'), 'utf8');

describe('launch', () => {
  it('records exit statuses', async () => {
    expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toMatchObject({
      exit: 7,
      signal: null,
      lost: false,
    });
    expect([out(), err(), readFileSync(at('exit'), 'utf8')]).toEqual(['out\n', 'err\n', '7\n']);
  });

  it.each(['TERM', 'KILL', 'INT', 'HUP', 'SEGV'])('records SIG%s of the program', async (name) => {
    const record = await run(['sh', '-c', `kill -${name} $$; read never </dev/full`]);
    expect(record).toMatchObject({ exit: null, signal: `SIG${name}`, lost: false });
  });

  it('takes no status of a program for a signal that ends nothing', async () => {
    expect(await run(['sh', '-c', 'exit 145'])).toMatchObject({ exit: 145, signal: null }); // gemini after a 401
  });

  it('hands arguments over as they are', async () => {
    const argv = [
      'a b',
      "it's",
      '"x"',
      'line\nbreak',
      '$(touch pwned)',
      '`touch pwned`',
      '*',
      '-rf',
      '',
      ';',
      '\\',
      'ü💥',
    ];
    await run([process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...argv]);
    expect(JSON.parse(out())).toEqual(argv);
    expect(existsSync(at('pwned'))).toBe(false);
  });

  it('hands the environment over and nothing of its own or ours', async () => {
    await run([process.execPath, '-e', 'console.log(JSON.stringify(process.env))'], {
      env: { PATH: process.env.PATH, COPSE_ATTEMPT: 'r/t/1', A: "q'$(x)\n" },
    });
    const { PWD, SHLVL, OLDPWD, _, ...env } = JSON.parse(out());
    expect(env).toEqual({ PATH: process.env.PATH, COPSE_ATTEMPT: 'r/t/1', A: "q'$(x)\n" });
  });

  it('gives the stdin file, else nothing', async () => {
    writeFileSync(at('prompt'), 'first\nlast without newline');
    await run(['cat'], { stdin: at('prompt') });
    expect(out()).toBe('first\nlast without newline');
    await run(['cat'], again());
    expect(out()).toBe('first\nlast without newline');
  });

  it('appends to output that is there; its files are private', async () => {
    await run(['echo', 'one']);
    await run(['echo', 'two'], again());
    expect(out()).toBe('one\ntwo\n');
    expect(statSync(at('out')).mode & 0o777).toBe(0o600);
  });

  it('never runs a builtin of the shell', async () => {
    expect(await refused(['eval', 'touch pwned'])).toMatchObject({ code: 'ENOENT' });
    expect(existsSync(at('pwned'))).toBe(false);
  });

  it('leads a session of its own and says who it is before the program starts', async () => {
    const launched = await start(['sh', '-c', 'ps -o ppid=,sid= -p $$']);
    await launched.exited;
    const [parent, session] = out().trim().split(/\s+/).map(Number);
    expect([parent, session]).toEqual([launched.pid, launched.pid]);
    expect(readPidFile(at('pid'))).toEqual({ pid: launched.pid, pidStart: launched.pidStart });
    expect(launched.pidStart).not.toBe('');
  });

  it('keeps going when the program closes its output early', async () => {
    const script = 'exec >&- 2>&-; echo gone; exit 3';
    expect(await run(['sh', '-c', script])).toMatchObject({ exit: 3 });
  });

  it('does not wait for what the program leaves behind', async () => {
    const launched = await start(['sh', '-c', 'tail -f /dev/null & echo $!; exit 0']);
    expect(await waitForExit({ ...launched, exitFile: at('exit') })).toMatchObject({ exit: 0 });
    const left = Number(out());
    expect(processStart(left)).not.toBeNull();
    process.kill(left, 'SIGKILL');
  });

  it('takes a flood of output', async () => {
    await run(['sh', '-c', 'yes 0123456789abcdef | head -c 50000000']);
    expect(statSync(at('out')).size).toBe(50_000_000);
  });
});

describe('launch refuses', () => {
  it('a program that is not there, and says where it looked', async () => {
    const error = await refused(['no-such-agent'], { env: { PATH: '/nowhere:/bin' } });
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain('no-such-agent is in no folder of PATH');
    expect(await refused(['./missing'])).toEqual({ code: 'ENOENT', message: `there is no program ${at('missing')}` });
    expect(await refused([])).toMatchObject({ code: 'ENOENT' });
  });

  it('a program that is not executable', async () => {
    writeFileSync(at('tool'), '#!/bin/sh\n');
    expect(await refused(['./tool'])).toEqual({ code: 'EACCES', message: `${at('tool')} is not executable` });
  });

  it('a working directory that is not there', async () => {
    expect(await refused(['true'], { cwd: at('gone') })).toMatchObject({ code: 'ENOTDIR' });
  });

  it('arguments that are too long or hold NUL', async () => {
    expect(await refused(['echo', 'x'.repeat(200 * 1024)])).toMatchObject({ code: 'E2BIG' });
    expect(await refused(['echo', 'a\0b'])).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(existsSync(at('pid'))).toBe(false);
  });

  it('a stdin that is not there', async () => {
    expect(await refused(['cat'], { stdin: at('gone') })).toMatchObject({ code: 'ENOENT' });
  });

  it('a second start with one pid file', async () => {
    await run(['echo', 'once']);
    expect(await refused(['echo', 'twice'])).toMatchObject({ code: 'EEXIST' });
    expect(await refused(['echo', 'twice'], { pidFile: at('pid2') })).toMatchObject({ code: 'EEXIST' });
    expect(out()).toBe('once\n');
  });
});

describe('what only the shell can find out', () => {
  it('a script whose interpreter is missing: 127, and stderr says so', async () => {
    writeFileSync(at('agent'), '#!/no/such/interpreter\n');
    chmodSync(at('agent'), 0o755);
    expect(await run(['./agent'])).toMatchObject({ exit: 127 });
    expect(err()).toContain('agent');
  });
});

describe('settleLaunch', () => {
  it('finds who started', async () => {
    const { exited, ...started } = await start(['true']);
    await exited;
    expect(await settleLaunch(at('pid'))).toEqual(started);
  });

  it('bars whoever comes later', async () => {
    expect(await settleLaunch(at('pid'))).toBeNull();
    expect(await settleLaunch(at('pid'))).toBeNull();
    expect(await refused(['true'])).toMatchObject({ code: 'EEXIST' });
  });

  it('bars a wrapper that is on its way already', async () => {
    // To launch() a dangling link is no file, to the wrapper's exclusive create it is one: as if it came in between.
    symlinkSync(at('nowhere'), at('pid'));
    const launched = await start(['touch', 'ran']);
    expect(await waitForExit({ ...launched, exitFile: at('exit') })).toEqual({
      exit: null,
      signal: null,
      lost: true,
      at: null,
    });
    expect(existsSync(at('ran'))).toBe(false);
  });

  it('takes a pid file that its writer never filled for no start', async () => {
    writeFileSync(at('pid'), '{"pid":12');
    expect(readPidFile(at('pid'))).toBeNull();
  });
});

describe('a launcher that is killed', () => {
  const LAUNCHER = `
    import { launch } from './process/launch.js';
    const [root] = process.argv.slice(2);
    const options = { cwd: root, env: process.env, stdin: null, stdout: root + '/out', stderr: root + '/err' };
    // The agent runs until its fifo is written to.
    await launch({ ...options, argv: ['sh', '-c', 'read word < fifo; echo got $word; exit 5'], exitFile: root + '/exit', pidFile: root + '/pid' });
    process.send('launched');
    setInterval(() => {}, 1e6);
  `;

  it('leaves the agent alive, and its exit is recorded and found', async () => {
    const folder = compiled();
    try {
      writeFileSync(join(folder, 'launcher.js'), LAUNCHER);
      spawnSync('mkfifo', [at('fifo')]);
      const launcher = spawn(process.execPath, [join(folder, 'launcher.js'), root], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      await new Promise((resolve) => launcher.once('message', resolve));
      const gone = new Promise((resolve) => launcher.once('exit', resolve));
      launcher.kill('SIGKILL');
      await gone;

      await fileSays(at('pid'));
      const found = await settleLaunch(at('pid'));
      expect(found && isAlive(found.pid, found.pidStart)).toBe(true);
      expect(readExit(at('exit'))).toBeNull();
      const ended = waitForExit({ ...found!, exitFile: at('exit') });
      writeFileSync(at('fifo'), 'hello\n');
      expect(await ended).toMatchObject({ exit: 5, signal: null, lost: false });
      expect(out()).toBe('got hello\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
