import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Compiles these files of src/ and what they import to a new folder, for tests that need our code in a node of its own
 * (one that is killed, or races with others). Gives the folder; the caller removes it.
 */
export function compiled(...entries: string[]): string {
  const root = resolve(import.meta.dirname, '../..');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'copse-js-')));
  const options = '--ignoreConfig --noCheck --target es2023 --module nodenext --rewriteRelativeImportExtensions';
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...options.split(' '),
      '--rootDir',
      join(root, 'src'),
      '--outDir',
      folder,
      ...entries.map((entry) => join(root, 'src', entry)),
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tsc ${entries.join(' ')} → ${status}\n${stdout}`);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
