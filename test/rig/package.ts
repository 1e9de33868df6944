import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * The package as it is published (`files` of package.json, nothing else), built from the sources as they are, in a new folder:
 * a test of the binary needs no build before it and finds out what was forgotten. The caller removes the folder.
 */
export function builtPackage(): string {
  return copyOf(builtOnce());
}

/**
 * The same, for tests that need modules of ours in a node of their own (one that is killed, or races with others): gives
 * the folder that has `journal/lock.js` for `src/journal/lock.ts`. The caller removes it.
 */
export function compiled(): string {
  const folder = copyOf(join(builtOnce(), 'dist'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function copyOf(from: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'copse-package-')));
  cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

/** Whoever needs it first builds, the others wait; see build-folder.ts. */
function builtOnce(): string {
  const place = process.env.COPSE_TEST_BUILD!;
  const built = join(place, 'package');
  while (!existsSync(built)) {
    if (!claimed(join(place, 'claimed'))) {
      if (existsSync(join(place, 'failed'))) throw new Error(readFileSync(join(place, 'failed'), 'utf8'));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      continue;
    }
    try {
      renameSync(build(join(place, 'building')), built);
    } catch (error) {
      writeFileSync(join(place, 'failed'), (error as Error).message);
    }
  }
  return built;
}

function claimed(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function build(folder: string): string {
  mkdirSync(folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  for (const name of ['package.json', ...files]) {
    const from = join(ROOT, name);
    if (name !== 'dist' && existsSync(from)) cpSync(from, join(folder, name), { recursive: true });
  }
  const argv = ['scripts/build.js', join(folder, 'dist')];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`build → ${status}\n${stdout}${stderr}`);
  return folder;
}
