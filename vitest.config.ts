import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // The large agents: `npm run test:agents`.
    exclude: ['**/node_modules/**', '**/fixtures/**', ...(process.env.COPSE_BIG_AGENTS ? [] : ['test/agents-big/**'])],
    pool: 'forks',
    maxWorkers: '100%', // one less than there are cores is the default: half of a small machine
    globalSetup: './test/rig/build-folder.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/rig/summary-reporter.ts'],
  },
});
