import { defineConfig } from 'vitest/config';

/** Folders of src/ whose tests start few processes: they share a worker, which has compiled what they have in common. */
const PURE =
  'agent,api,check,cli,contract,engine,escape,gate,machine,plan,project,report,run,schedule,scope,syntax,util';
const SHARED = `src/{${PURE}}/**/*.test.ts`;

// The large agents: `npm run test:agents`.
const EXCLUDED = [
  '**/node_modules/**',
  '**/fixtures/**',
  ...(process.env.COPSE_BIG_AGENTS ? [] : ['test/agents-big/**']),
];

export default defineConfig({
  test: {
    exclude: EXCLUDED,
    projects: [
      { extends: true, test: { name: 'shared', include: [SHARED], isolate: false } },
      // A worker that is new is small, and starts processes quicker than one that has grown.
      {
        extends: true,
        test: { name: 'apart', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: [...EXCLUDED, SHARED] },
      },
    ],
    pool: 'forks',
    maxWorkers: '100%', // one less than there are cores is the default: half of a small machine
    globalSetup: './test/rig/build-folder.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/rig/summary-reporter.ts'],
  },
});
