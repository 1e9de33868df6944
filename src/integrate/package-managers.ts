import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DependencyStep } from '../plan/plan.ts';

export interface Manager {
  name: 'uv' | 'npm' | 'pnpm' | 'yarn' | 'yarn-classic' | 'bun';
  program: string;
  /** Where to get it. */
  site: string;
}

const MANAGERS: Record<Manager['name'], Manager> = {
  uv: { name: 'uv', program: 'uv', site: 'https://docs.astral.sh/uv/' },
  npm: { name: 'npm', program: 'npm', site: 'https://nodejs.org/' },
  pnpm: { name: 'pnpm', program: 'pnpm', site: 'https://pnpm.io/installation' },
  yarn: { name: 'yarn', program: 'yarn', site: 'https://yarnpkg.com/getting-started/install' },
  'yarn-classic': { name: 'yarn-classic', program: 'yarn', site: 'https://classic.yarnpkg.com/docs/install' },
  bun: { name: 'bun', program: 'bun', site: 'https://bun.sh/' },
};

const LOCKFILES: [string, Manager['name']][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/** The package manager of a project: uv for Python; for Node what package.json or else the lockfile names, else npm. */
export async function findManager(ecosystem: DependencyStep['ecosystem'], folder: string): Promise<Manager> {
  if (ecosystem === 'python') return MANAGERS.uv;
  const declared = await declaredManager(folder);
  const [name = 'npm', version = ''] = declared ?? [];
  const found = declared ? name : (LOCKFILES.find(([file]) => existsSync(join(folder, file)))?.[1] ?? 'npm');
  if (found !== 'yarn') return found in MANAGERS ? MANAGERS[found as Manager['name']] : MANAGERS.npm;
  const classic = declared ? version.startsWith('1.') : !existsSync(join(folder, '.yarnrc.yml'));
  return MANAGERS[classic ? 'yarn-classic' : 'yarn'];
}

/** `pnpm@9.1.0+sha…` of package.json as name and version. */
async function declaredManager(folder: string): Promise<[string, string] | null> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  try {
    const { packageManager } = JSON.parse(text.replace(/^\uFEFF/, '')) as { packageManager?: unknown };
    const [, name, version] = /^([a-z]+)@(.+)$/.exec(String(packageManager)) ?? [];
    return name && version && name in MANAGERS ? [name, version] : null;
  } catch {
    return null; // the package manager itself will say what is wrong with the file
  }
}

type Action = DependencyStep['action'];

const NODE: Record<Exclude<Manager['name'], 'uv'>, Record<Action, string[]>> = {
  npm: {
    remove: ['uninstall', '--no-audit', '--no-fund'],
    upgrade: ['install', '--no-audit', '--no-fund'],
    add: ['install', '--no-audit', '--no-fund'],
    add_dev: ['install', '--no-audit', '--no-fund', '--save-dev'],
  },
  pnpm: { remove: ['remove'], upgrade: ['update', '--latest'], add: ['add'], add_dev: ['add', '--save-dev'] },
  yarn: { remove: ['remove'], upgrade: ['up'], add: ['add'], add_dev: ['add', '--dev'] },
  'yarn-classic': { remove: ['remove'], upgrade: ['upgrade', '--latest'], add: ['add'], add_dev: ['add', '--dev'] },
  bun: { remove: ['remove'], upgrade: ['update', '--latest'], add: ['add'], add_dev: ['add', '--dev'] },
};

/** The argument lists that carry out one step, one a call of the manager. */
export function commandsFor(
  { name }: Manager,
  { action, packages }: Pick<DependencyStep, 'action' | 'packages'>,
): string[][] {
  if (name === 'uv') return pythonCommands(action, packages);
  const args = NODE[name][action];
  if (action !== 'upgrade') return [[...args, ...packages]];
  if (name === 'npm') return [[...args, ...packages.map((spec) => (hasVersion(spec) ? spec : `${spec}@latest`))]];
  // `update` takes names; a wanted version is set by `add`, which keeps the section the package stands in.
  const [exact, plain] = [packages.filter(hasVersion), packages.filter((spec) => !hasVersion(spec))];
  return [
    ...(plain.length > 0 ? [[...args, ...plain]] : []),
    ...(exact.length > 0 ? [[...NODE[name].add, ...exact]] : []),
  ];
}

/** `react@^19`, `@types/node@20`, but not `@types/node`. */
function hasVersion(spec: string): boolean {
  return spec.indexOf('@', 1) > 0;
}

function pythonCommands(action: Action, packages: readonly string[]): string[][] {
  switch (action) {
    case 'remove':
      return [['remove', ...packages.map(pythonName)]];
    case 'add':
      return [['add', ...packages]];
    case 'add_dev':
      return [['add', '--dev', ...packages]];
    case 'upgrade': {
      // A bare name moves the lock only; with a version the requirement itself changes.
      const [exact, plain] = [packages.filter(isRequirement), packages.filter((spec) => !isRequirement(spec))];
      return [
        ...(exact.length > 0
          ? [['add', ...exact.flatMap((spec) => ['--upgrade-package', pythonName(spec)]), ...exact]]
          : []),
        ...(plain.length > 0
          ? [['lock', ...plain.flatMap((spec) => ['--upgrade-package', pythonName(spec)])], ['sync']]
          : []),
      ];
    }
  }
}

function isRequirement(spec: string): boolean {
  return /[=<>!~@]/.test(spec);
}

/** `Django[argon2]>=5.0` → `Django`. */
function pythonName(spec: string): string {
  return /^[\w.-]+/.exec(spec.trim())?.[0] ?? spec;
}
