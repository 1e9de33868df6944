import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { builtPackage } from './package.ts';

/** A folder with the package installed as `npm install copse.tgz` would: what is packed and nothing else. */
export interface Installed {
  folder: string;
  remove(): void;
}

/** Packs the package and unpacks the tarball; its dependencies, and `@types/node`, are links to those of this repository. */
export function installed(): Installed {
  const modules = resolve(import.meta.dirname, '../../node_modules');
  const built = builtPackage();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'copse-installed-')));
  const inside = join(folder, 'node_modules/copse');
  mkdirSync(inside, { recursive: true });
  try {
    call(built, 'npm', 'pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    call(inside, 'tar', '-xzf', join(folder, tarball), '--strip-components=1');
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
  const { dependencies } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of transitive(modules, ['@types/node', ...Object.keys(dependencies)])) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function call(cwd: string, file: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} → ${status ?? error}\n${stderr}`);
}

/** These packages and all that they depend on, where they lie beside each other. */
function transitive(modules: string, names: string[]): Set<string> {
  const all = new Set(names);
  for (const name of all) {
    const file = join(modules, name, 'package.json');
    if (!existsSync(file)) continue;
    const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies?: object };
    for (const dependency of Object.keys(dependencies)) all.add(dependency);
  }
  return all;
}
