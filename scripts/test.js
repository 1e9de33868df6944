// `npm test`: builds, installs the real agent binaries that tests drive (test/agents has a lock file of its own), runs
// every test and ends with a line `N passed, N failed`.
import { install, run } from './installed.js';

install('test/agents');
run(process.execPath, ['scripts/build.js']);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);
