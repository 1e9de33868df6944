// `npm test`: builds, installs the real agents that tests drive (test/agents and test/agents-sdk have lock files of their own), runs
// every test and ends with a line `N passed, N failed`.
import { install, run } from './installed.js';

install('test/agents');
install('test/agents-sdk');
run(process.execPath, ['scripts/build.js']);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);
