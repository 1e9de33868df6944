// Runs a development tool (`node scripts/tools.js biome check .`) from tools/, which is installed on first use:
// its binaries weigh more than everything a user needs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [tool, ...args] = process.argv.slice(2);
const binary = `${root}tools/node_modules/.bin/${tool}`;
if (!existsSync(binary)) run('npm', ['ci', '--prefix', 'tools', '--no-audit', '--no-fund']);
run(binary, args);

function run(file, argv) {
  const { status } = spawnSync(file, argv, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
