import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exec } from '../process/exec.ts';
import { findSandbox } from './find.ts';

let root: string;
let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-sandbox-')));
  home = join(root, 'home');
  for (const folder of ['home/.claude', 'repo/.git', 'repo/src/a', 'repo/src/b']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  env = { PATH: process.env.PATH, HOME: home };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs shell lines confined to `repo/src/a`, with the checkout protected. */
async function confined(script: string, writable: string[] = []) {
  const found = await findSandbox({ env, writable });
  if (!found.ok) throw new Error(found.message);
  const repo = join(root, 'repo');
  const confinement = { protect: [repo], writable: [join(repo, 'src/a')] };
  const [program = '', ...args] = found.sandbox.wrap(['/bin/sh', '-c', script], confinement, repo);
  return exec(program, args, { env });
}

describe('the sandbox of this machine', () => {
  it('lets a task write its own directories, temporary files and the state of agents, and nothing else', async () => {
    const { exit, stderr } = await confined('echo x > src/a/mine; echo x > "$HOME/.claude/state"; mktemp; exit 0');
    expect([exit, stderr.toString()]).toEqual([0, '']);
    expect(readFileSync(join(root, 'repo/src/a/mine'), 'utf8')).toBe('x\n');
    expect(existsSync(join(home, '.claude/state'))).toBe(true);
    for (const target of ['src/b/x', '.git/HEAD', 'top', '/usr/x']) {
      const refused = await confined(`echo x > ${target}`);
      expect(refused.exit, target).not.toBe(0);
      expect(refused.stderr.toString()).toMatch(/[Rr]ead-only|denied|not permitted/);
    }
  });

  it('neither moves, nor deletes, nor links its way out', async () => {
    writeFileSync(join(root, 'repo/src/b/theirs'), 'theirs\n');
    const { exit } = await confined('rm -rf src/b; mv src/b src/a/b; ln -s ../b src/a/link && echo x > src/a/link/new');
    expect(exit).not.toBe(0);
    expect(readFileSync(join(root, 'repo/src/b/theirs'), 'utf8')).toBe('theirs\n');
    expect(existsSync(join(root, 'repo/src/b/new'))).toBe(false);
  });

  it('takes further paths below the home folder from the config', async () => {
    mkdirSync(join(home, 'tool'));
    const [without, found] = await Promise.all([[], ['tool']].map((writable) => findSandbox({ env, writable })));
    if (!without?.ok || !found?.ok) throw new Error('no sandbox');
    const nothing = { protect: [], writable: [] };
    expect(without.sandbox.wrap([], nothing, '/').join(' ')).not.toContain(join(home, 'tool'));
    expect(found.sandbox.wrap([], nothing, '/').join(' ')).toContain(join(home, 'tool'));
  });

  it('hands arguments through as they are', async () => {
    const found = await findSandbox({ env, writable: [] });
    if (!found.ok) throw new Error(found.message);
    const argv = ['/bin/echo', '--bind', '$(id)', 'a b', ''];
    const [program = '', ...args] = found.sandbox.wrap(argv, { protect: [], writable: [] }, '/');
    expect((await exec(program, args, { env })).stdout.toString()).toBe('--bind $(id) a b \n');
  });
});

describe('where there is none', () => {
  it('says what is missing and what to do', async () => {
    expect(await findSandbox({ env: { PATH: home }, platform: 'linux', writable: [] })).toMatchObject({
      ok: false,
      hint: expect.stringContaining('apt-get install bubblewrap'),
    });
    expect(await findSandbox({ env, platform: 'win32', writable: [] })).toMatchObject({ ok: false });
  });

  it('a program that cannot do it here counts as none', async () => {
    writeFileSync(join(home, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions to create namespace" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const found = await findSandbox({ env: { ...env, PATH: `${home}:${env.PATH}` }, platform: 'linux', writable: [] });
    expect(found).toMatchObject({ ok: false, message: expect.stringContaining('No permissions') });
  });
});
