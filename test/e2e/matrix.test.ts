import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claudeBinary, claudeEnv, sdkModule } from '../rig/claude.ts';
import { codexBinary, codexEnv } from '../rig/codex.ts';
import { builtCopse, type Copse, journalOf } from '../rig/copse.ts';
import { type ModelServer, script, startModelServer } from '../rig/model-server.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// Every pattern with every kind of agent, on one plan: all end in the same tree. The agents are the real ones, for Claude Code,
// its SDK and Codex with a model on loopback.

const PATTERNS = ['worktree', 'branch', 'directory'] as const;
const AGENTS = ['claude', 'claude-sdk', 'codex', 'acp', 'command'] as const;

const ACP_AGENT = join(import.meta.dirname, '../rig/acp-agent.mjs');

let copse: Copse;
let server: ModelServer;
let expected: string;
beforeAll(async () => {
  copse = builtCopse();
  server = await startModelServer();
  expected = treeByHand();
});
afterAll(async () => {
  await server?.stop();
  copse?.remove();
});

/** What the tasks do, in the shell of whichever agent has them; later ones read what earlier ones made. */
const WORK = {
  'task-001': 'echo one > src/one/new.txt; echo changed > src/one/old.txt',
  'task-002': 'echo two > src/two/new.txt; rm src/two/old.txt',
  'task-003': 'tr a-z A-Z < src/one/new.txt > src/one/more.txt',
  'task-004': 'mkdir -p src/four; cat src/one/more.txt src/two/new.txt > src/four/sum.txt',
};

/** One task for all: to each kind of agent its text holds a script in the form that this one understands. */
function does(task: keyof typeof WORK): string {
  const shell = WORK[task];
  // What no schema was asked for is a tool that is not there: Claude Code is told so, and goes on.
  const done = { tool: { name: 'StructuredOutput', args: { task_completed: true } } };
  return `${script([{ bash: shell }, done, { say: 'Done.' }])}
<<ACP>>${JSON.stringify([{ bash: shell }, { say: 'Done.' }])}<</ACP>>
RUN: ${shell}`;
}

/** The same repository, plan and config for every cell. */
function world(): Scratch {
  const scratch = scratchRepository({ 'src/one/old.txt': 'old\n', 'src/two/old.txt': 'old\n' });
  const agents = {
    claude: { command: claudeBinary() },
    'claude-sdk': { module: sdkModule() },
    codex: { command: codexBinary() },
    acp: { command: [process.execPath, ACP_AGENT] },
    command: { command: ['sh', '-c', 'eval "$(sed -n "s/^RUN: //p" "$0")"', '{prompt_file}'] },
  };
  scratchPlan(scratch, {
    tasks: [
      { id: 'task-001', create: ['src/one/new.txt'], modify: ['src/one/old.txt'], does: does('task-001') },
      { id: 'task-002', create: ['src/two/new.txt'], modify: ['src/two/old.txt'], does: does('task-002') },
      { id: 'task-003', wave: 2, deps: ['task-001'], create: ['src/one/more.txt'], does: does('task-003') },
      { id: 'task-004', wave: 2, deps: ['task-002', 'task-003'], create: ['src/four/sum.txt'], does: does('task-004') },
    ],
    config: { agents },
  });
  return scratch;
}

/** The tree that a person would get who does it all in order. */
function treeByHand(): string {
  const scratch = world();
  try {
    for (const shell of Object.values(WORK)) scratch.git('-c', `alias.do=!${shell.replaceAll('"', '\\"')}`, 'do');
    scratch.commit('by hand');
    expect(scratch.git('show', 'HEAD:src/four/sum.txt')).toBe('ONE\ntwo');
    return scratch.git('rev-parse', 'HEAD^{tree}');
  } finally {
    scratch.remove();
  }
}

describe.concurrent.each(PATTERNS)('pattern %s', (pattern) => {
  it.concurrent.each(AGENTS)(
    'with %s ends in the tree of the work done by hand',
    async (agent) => {
      const scratch = world();
      try {
        const env = { ...claudeEnv(server.url, scratch.root), ...codexEnv(server.url, scratch.root) };
        const run = copse.start(scratch, ['run', '--pattern', pattern, '--agent', agent, '--retries', '0'], env);
        expect(await run.ended, run.output()).toBe(0);
        expect(scratch.git('rev-parse', 'copse/TS-0001-scratch^{tree}'), run.output()).toBe(expected);
        const [created] = journalOf(scratch);
        expect(created).toMatchObject({ settings: { pattern, agent } });
      } finally {
        scratch.remove();
      }
    },
    300_000,
  );
});
