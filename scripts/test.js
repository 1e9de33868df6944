// `npm test`: builds, installs the real agent binaries that tests drive (test/agents has a lock file of its own), runs
// every test and ends with a line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './installed.js';

const root = fileURLToPath(new URL('..', import.meta.url));
if (!isInstalled(`${root}test/agents`)) {
  // Claude Code asks for Node 22, though its binary needs none; under `npm test` our own strictness would come along.
  run('npm', ['ci', '--prefix', 'test/agents', '--engine-strict=false', '--no-audit', '--no-fund']);
}
run(process.execPath, ['scripts/build.js']);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

function run(file, argv) {
  const { status } = spawnSync(file, argv, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
