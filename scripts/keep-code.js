// Keeps V8's machine code of the joined modules beside them (docs/decisions/0005-joined-modules.md).
// keep-code.js <folder of the compiled code>
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { load, codeFile, codeOf } = createRequire(import.meta.url)('../bin/load.js');

const dist = resolve(process.argv[2]);
const folder = join(dist, 'start');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.cjs'))
  .map((name) => join(folder, name));
for (const file of files) load(file);
try {
  await practise();
} catch (error) {
  process.stderr.write(`without the code of what commands run: ${error.message}\n`);
}
for (const file of files) writeFileSync(codeFile(file), codeOf(file));

/** Checks the demo's plan and plays its schedule, which changes nothing: what nearly every command does first is compiled by it. */
async function practise() {
  const { makeDemo } = await import(pathToFileURL(join(dist, 'cli/demo/make.js')).href);
  const demo = await makeDemo({ env: process.env });
  const { write } = process.stdout;
  process.chdir(demo.repo);
  process.stdout.write = () => true;
  try {
    for (const argv of [['validate'], ['run', '--dry-run']]) {
      process.argv = [process.execPath, 'copse', ...argv];
      await load(join(folder, 'start.cjs')).start();
      if (process.exitCode !== 0) throw new Error(`copse ${argv.join(' ')} → ${process.exitCode}`);
    }
  } finally {
    process.stdout.write = write;
    process.chdir(dist);
    rmSync(demo.root, { recursive: true, force: true });
  }
}
