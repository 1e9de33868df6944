// `npm test`: builds, installs the real agent binaries that tests drive (test/agents has a lock file of its own), runs
// every test and ends with a line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (!existsSync(`${root}test/agents/node_modules/.package-lock.json`)) {
  // Claude Code asks for Node 22, though its binary needs none; under `npm test` our own strictness would come along.
  run('npm', ['ci', '--prefix', 'test/agents', '--engine-strict=false', '--no-audit', '--no-fund']);
}
run(process.execPath, ['scripts/build.js']);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

function run(file, argv) {
  const { status } = spawnSync(file, argv, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
