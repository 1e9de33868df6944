import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from 'copse';

/** An agent: how it is started, and what its exit and its output say. */
const mine = {
  name: 'mine',
  command: ({ task, promptFile }) => ({
    argv: ['sh', join(import.meta.dirname, 'agent.sh'), task, promptFile],
    env: {},
    stdin: 'null',
  }),
  reader: () => ({
    line: (text) => [{ type: 'activity', activity: { kind: 'text', summary: text } }],
    verdict: (exit) => ({
      outcome: exit === 0 ? 'success' : 'agent-error',
      message: `ended with exit status ${exit}`,
      claim: null,
      tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: 0.1, source: 'estimated' },
    }),
  }),
  check: async () => ({ ok: true, version: '1', path: '/bin/sh' }),
  render: (line) => line,
};

/** A gate: asked about what passed all others. What it says is in the report, and told to the next attempt. */
const syntax = {
  name: 'syntax',
  check({ changes, workspace }) {
    const files = changes
      .filter(({ path, kind }) => path.endsWith('.sh') && kind !== 'deleted')
      .map(({ path }) => path);
    const bad = files.filter((path) => spawnSync('sh', ['-n', path], { cwd: workspace }).status !== 0);
    if (bad.length > 0) return { verdict: 'fail', summary: `not valid shell: ${bad.join(', ')}` };
    return { verdict: 'pass', summary: `${files.length} shell scripts are valid` };
  },
};

/** Workspaces: ours, and a word on each. */
const told = (ours) => ({
  ...ours,
  async prepare(spec) {
    const prepared = await ours.prepare(spec);
    if (prepared.ok) console.log(`workspace of ${spec.branch} is there`);
    return prepared;
  },
});

const { state, exitCode } = await run('hello', { agent: 'mine', agents: { mine }, gates: [syntax], workspaces: told });
for (const { seed, attempts } of state.tasks.values())
  for (const { number, evidence } of attempts)
    console.log(seed.id, number, evidence.find(({ gate }) => gate === 'custom:syntax')?.summary);
process.exitCode = exitCode;
