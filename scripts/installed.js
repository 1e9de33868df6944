import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the packages of a folder with a lock file of its own, unless they are there as it wants them. */
export function install(folder) {
  if (isInstalled(`${root}${folder}`)) return;
  // Claude Code asks for Node 22, though its binary needs none; under `npm test` our own strictness would come along.
  run('npm', ['ci', '--prefix', folder, '--engine-strict=false', '--no-audit', '--no-fund']);
}

/** Runs a program of the repository; ends this one with its status when it fails. */
export function run(file, argv, env = {}) {
  const { status } = spawnSync(file, argv, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Whether `<folder>/node_modules` is what `<folder>/package-lock.json` asks for: every package of it that is installed has
 * the version of the lock, and none is missing but those of other platforms.
 */
function isInstalled(folder) {
  const wanted = packagesOf(`${folder}/package-lock.json`) ?? {};
  const there = packagesOf(`${folder}/node_modules/.package-lock.json`);
  if (there === null) return false;
  const isSame = ([path, { version }]) => wanted[path]?.version === version;
  const isThere = ([path, { optional }]) => path === '' || optional === true || there[path] !== undefined;
  return Object.entries(there).every(isSame) && Object.entries(wanted).every(isThere);
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null; // not installed
  }
}
