import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { createGit } from '../git/git.ts';
import type { DependencyStep } from '../plan/plan.ts';
import { installDependencies } from './dependencies.ts';

const REF = 'refs/heads/copse/p';

let scratch: Scratch;
let tip: string;
let worktree: string;
let bin: string;
beforeEach(() => {
  scratch = scratchRepository({ 'package.json': '{"name":"app"}\n', 'pyproject.toml': '[project]\nname="app"\n' });
  tip = scratch.git('rev-parse', 'HEAD');
  scratch.git('update-ref', REF, tip);
  worktree = join(scratch.root, 'integration');
  scratch.git('worktree', 'add', '-q', '--detach', worktree, tip);
  bin = join(scratch.root, 'bin');
  mkdirSync(bin);
});
afterEach(() => scratch.remove());

/** A package manager that writes its calls down and does what the script says. */
function manager(name: string, script: string): void {
  const body = `#!/bin/sh\nfor word in ${name} "$@"; do printf '%s|' "$word" >> "${bin}/calls"; done; echo >> "${bin}/calls"\n${script}\n`;
  writeFileSync(join(bin, name), body, { mode: 0o755 });
}
const calls = () => readFileSync(join(bin, 'calls'), 'utf8').trim().split('\n');

const install = (steps: DependencyStep[], more: Record<string, string> = {}) =>
  installDependencies({
    git: createGit({ cwd: scratch.repo, env: scratch.env }),
    ref: REF,
    tip,
    worktree,
    steps,
    env: { ...scratch.env, PATH: `${bin}:${scratch.env.PATH}`, ...more },
  });
const step = (ecosystem: DependencyStep['ecosystem'], action: DependencyStep['action'], ...packages: string[]) => ({
  ecosystem,
  action,
  packages,
});

describe('installDependencies', () => {
  it('runs the steps in order, commits what they changed and moves the branch', async () => {
    manager('uv', 'echo "uv $1" >> uv.lock; mkdir -p .venv; echo x > .venv/pyvenv.cfg');
    manager('npm', 'echo "npm $*" >> package-lock.json; mkdir -p node_modules/x; echo x > node_modules/x/index.js');
    const result = await install([
      step('node', 'add_dev', 'vitest@^4'),
      step('python', 'add', 'httpx>=0.2', 'django==5.1'),
      step('python', 'remove', 'requests'),
      step('node', 'upgrade', 'react'),
      step('node', 'add'),
    ]);
    expect(calls()).toEqual([
      'uv|remove|requests|',
      'npm|install|--no-audit|--no-fund|react@latest|',
      'uv|add|httpx>=0.2|django==5.1|',
      'npm|install|--no-audit|--no-fund|--save-dev|vitest@^4|',
    ]);
    expect(result).toEqual({ ok: true, commit: scratch.git('rev-parse', REF) });
    expect(scratch.git('log', '-1', '--format=%s|%P', REF)).toBe(`chore: install plan dependencies|${tip}`);
    expect(scratch.git('diff', '--name-only', tip, REF)).toBe('package-lock.json\nuv.lock');
    // A crash between the branch and the journal: asked again with the old tip, it is found and nothing runs.
    expect(await install([step('python', 'add', 'httpx')])).toEqual(result);
    expect(calls()).toHaveLength(4);
  });

  it('gives the end of the output of what failed, and moves nothing', async () => {
    manager('npm', 'echo resolving; echo "404 no-such-thing" >&2; echo half > package-lock.json; exit 1');
    expect(await install([step('node', 'add', 'no-such-thing')])).toEqual({
      ok: false,
      failure: {
        code: 'dependencies',
        command: 'npm install --no-audit --no-fund no-such-thing',
        exit: 1,
        tail: 'resolving\n404 no-such-thing',
      },
    });
    expect(scratch.git('rev-parse', REF)).toBe(tip);
  });

  it('names the package manager that is missing', async () => {
    const failure = {
      code: 'dependencies',
      command: 'uv add httpx',
      tail: 'uv is not installed: see https://docs.astral.sh/uv/',
    };
    expect(await install([step('python', 'add', 'httpx')], { PATH: bin })).toMatchObject({ ok: false, failure });
  });

  it('takes no option for a package', async () => {
    manager('npm', 'true');
    expect(await install([step('node', 'add', '--global')])).toMatchObject({
      ok: false,
      failure: { code: 'dependencies' },
    });
    expect(() => calls()).toThrow();
  });

  it('never installs through a link into the user’s tree', async () => {
    scratch.write('node_modules/mine/index.js', 'mine');
    symlinkSync(join(scratch.repo, 'node_modules'), join(worktree, 'node_modules'));
    manager('npm', 'mkdir -p node_modules/mine; echo theirs > node_modules/mine/index.js; echo x > package-lock.json');
    expect(await install([step('node', 'add', 'mine')])).toMatchObject({ ok: true });
    expect(readFileSync(join(scratch.repo, 'node_modules/mine/index.js'), 'utf8')).toBe('mine');
  });

  it('does not commit what set-up had left there', async () => {
    writeFileSync(join(worktree, 'local.env'), 'SECRET=1');
    manager('npm', 'echo x > package-lock.json');
    await install([step('node', 'add', 'x')]);
    expect(scratch.git('diff', '--name-only', tip, REF)).toBe('package-lock.json');
  });

  it('says when the branch is elsewhere, and when nothing had to change', async () => {
    manager('npm', 'true');
    expect(await install([step('node', 'add', 'x')])).toEqual({ ok: true, commit: tip });
    scratch.git('update-ref', REF, scratch.commit('moved'));
    expect(await install([step('node', 'add', 'x')])).toMatchObject({ ok: false, failure: { code: 'workspace' } });
  });
});
