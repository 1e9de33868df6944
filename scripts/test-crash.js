// `npm run test:crash`: kills copse at every point of a run, not only at the sample that `npm test` takes. Takes an hour or two.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const argv = ['node_modules/vitest/vitest.mjs', 'run', 'test/crash', '--maxWorkers=1', ...process.argv.slice(2)];
const env = { ...process.env, COPSE_CRASH: 'all' };
process.exitCode = spawnSync(process.execPath, argv, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
