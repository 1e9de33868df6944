import { readFileSync } from 'node:fs';

/**
 * Whether `<folder>/node_modules` is what `<folder>/package-lock.json` asks for: every package of it that is installed has
 * the version of the lock, and none is missing but those of other platforms.
 */
export function isInstalled(folder) {
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
