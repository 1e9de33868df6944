import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DependencyStep } from '../plan/plan.ts';
import { commandsFor, findManager, type Manager } from './package-managers.ts';
import { projectEnv } from './project-env.ts';

const root = mkdtempSync(join(tmpdir(), 'copse-managers-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('findManager', () => {
  const at = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(root, 'project-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return findManager('node', folder);
  };

  it.each<[string, Record<string, string>, Manager['name']]>([
    ['nothing', {}, 'npm'],
    ['a pnpm lockfile', { 'pnpm-lock.yaml': '' }, 'pnpm'],
    ['a bun lockfile', { 'bun.lock': '' }, 'bun'],
    ['a classic yarn lockfile', { 'yarn.lock': '' }, 'yarn-classic'],
    ['a modern yarn project', { 'yarn.lock': '', '.yarnrc.yml': '' }, 'yarn'],
    [
      'packageManager before the lockfile',
      { 'package.json': '{"packageManager":"pnpm@9.1.0+sha512.ab"}', 'yarn.lock': '' },
      'pnpm',
    ],
    ['yarn 1 by packageManager', { 'package.json': '{"packageManager":"yarn@1.22.22"}' }, 'yarn-classic'],
    ['yarn 4 by packageManager', { 'package.json': '{"packageManager":"yarn@4.5.0"}' }, 'yarn'],
    ['a broken package.json', { 'package.json': '{', 'pnpm-lock.yaml': '' }, 'pnpm'],
    ['an unknown packageManager', { 'package.json': '{"packageManager":"cargo@1.0"}' }, 'npm'],
  ])('knows the manager by %s', async (_name, files, expected) => {
    expect((await at(files)).name).toBe(expected);
  });
});

describe('commandsFor', () => {
  const of = (name: Manager['name'], action: DependencyStep['action'], ...packages: string[]) =>
    commandsFor({ name, program: name, site: '' }, { action, packages }).map((args) => args.join(' '));

  it('writes each manager’s own words', () => {
    expect(of('uv', 'upgrade', 'Django[argon2]>=5.0', 'httpx')).toEqual([
      'add --upgrade-package Django Django[argon2]>=5.0',
      'lock --upgrade-package httpx',
      'sync',
    ]);
    expect(of('uv', 'remove', 'requests==2.0')).toEqual(['remove requests']);
    expect(of('uv', 'add_dev', 'pytest')).toEqual(['add --dev pytest']);
    expect(of('npm', 'upgrade', 'react@^19', '@types/node')).toEqual([
      'install --no-audit --no-fund react@^19 @types/node@latest',
    ]);
    expect(of('npm', 'remove', 'left-pad')).toEqual(['uninstall --no-audit --no-fund left-pad']);
    expect(of('pnpm', 'upgrade', 'react', '@types/node@20')).toEqual(['update --latest react', 'add @types/node@20']);
    expect(of('yarn', 'upgrade', 'react')).toEqual(['up react']);
    expect(of('yarn-classic', 'upgrade', 'react')).toEqual(['upgrade --latest react']);
    expect(of('bun', 'add_dev', 'vitest')).toEqual(['add --dev vitest']);
  });
});

describe('projectEnv', () => {
  it('puts the project’s own tools first and forgets an activated environment', () => {
    const worktree = mkdtempSync(join(root, 'tree-'));
    mkdirSync(join(worktree, '.venv/bin'), { recursive: true });
    mkdirSync(join(worktree, 'node_modules/.bin'), { recursive: true });
    const env = projectEnv(worktree, { PATH: '/user/venv/bin:/usr/bin', VIRTUAL_ENV: '/user/venv' });
    expect(env).toEqual({
      PATH: `${worktree}/.venv/bin:${worktree}/node_modules/.bin:/usr/bin`,
      VIRTUAL_ENV: `${worktree}/.venv`,
    });
    expect(projectEnv(root, { PATH: '/usr/bin' })).toEqual({ PATH: '/usr/bin' });
  });
});
