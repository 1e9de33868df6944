// `npm run test:agents`: every agent that has tests, the large ones included (test/agents-big has a lock file of its own,
// 450 MB), against a model on loopback. vitest's arguments go on to it.
import { install, run } from './installed.js';

install('test/agents');
install('test/agents-sdk');
install('test/agents-big');
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/agents', ...process.argv.slice(2)], {
  COPSE_BIG_AGENTS: '1',
});
