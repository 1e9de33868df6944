import { describe, expect, it } from 'vitest';
import { agentNamed, BUILT_IN, createAgents } from './registry.ts';

const machine = { isRoot: false, baseEnv: { PATH: '/usr/bin:/bin' }, baseDir: '/', acpClient: [], sdkClient: [] };
const context = { task: 't', title: 'T', attempt: 1, workspace: '/w', promptFile: '/p', session: 's' };

describe('agents of a config', () => {
  it('are the built-in ones when nothing is said', () => {
    const agents = createAgents({}, machine);
    expect([...agents.keys()]).toEqual(BUILT_IN);
    expect(agents.get('claude')!.command(context).argv).toContain('--dangerously-skip-permissions');
  });

  it('take their type from their name or from `type`', () => {
    const agents = createAgents(
      {
        agent: 'mine',
        agents: {
          command: { command: ['sh', '{task}'] },
          mine: { type: 'command', command: 'sh' },
          opus: { type: 'claude', command: '/opt/claude', model: 'opus', maxTurns: 7 },
        },
      },
      machine,
    );
    const names = [...BUILT_IN, 'command', 'mine', 'opus'];
    expect([...agents.keys()]).toEqual(names);
    expect([...agents.values()].map((agent) => agent.name)).toEqual(names);
    expect(agents.get('opus')!.command(context).argv).toEqual(
      expect.arrayContaining(['/opt/claude', '--model=opus', '--max-turns=7']),
    );
    expect(agents.get('command')!.command(context).argv.at(-1)).toBe('t');
  });

  it('hand the variables of the config on in the environment, never in arguments, which all may read', () => {
    const env = { ACME_TOKEN: 'zx81-spectrum-48k' };
    const set = {
      claude: {},
      codex: {},
      gemini: {},
      opencode: {},
      acp: { command: ['it'] },
      command: { command: ['it'] },
    };
    const agents = Object.fromEntries(Object.entries(set).map(([name, more]) => [name, { type: name, env, ...more }]));
    for (const [name, agent] of createAgents({ agents }, machine)) {
      if (!(name in set)) continue;
      const command = agent.command(context);
      expect(JSON.stringify(command.argv), name).not.toContain(env.ACME_TOKEN);
      expect(command.env.ACME_TOKEN, name).toBe(env.ACME_TOKEN);
    }
  });

  it.each([
    [{ agent: 'other' }, 'unknown-agent', /no agent `other`/],
    [{ agents: { aider: { command: 'aider' } } }, 'agent-type', /`aider` has no known type/],
    [{ agents: { command: { command: [] } } }, 'bad-agent-command', /no program/],
    [{ agents: { command: { command: ['x', '{nope}'] } } }, 'bad-agent-command', /unknown placeholder {nope}/],
  ] as const)('%j is refused', (config, code, message) => {
    expect(() => createAgents(config, machine)).toThrow(
      expect.objectContaining({
        code,
        exit: 2,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  it('are named', () => {
    const agents = createAgents({}, machine);
    expect(agentNamed(agents, 'claude').name).toBe('claude');
    expect(() => agentNamed(agents, 'x')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('known are claude, claude-sdk, codex') }),
    );
  });
});
