import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../util/refusal.ts';
import { loadConfig, parseConfig } from './config.ts';

const json = (value: unknown) => parseConfig(JSON.stringify(value), 'copse.config.json');

/** What a refused config says: `file:line:column message | hint`. */
function refused(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect([error.code, error.exit]).toEqual([error.code === 'two-configs' ? 'two-configs' : 'bad-config', 2]);
    return `${error.where} ${error.message} | ${error.hint}`;
  }
  throw new Error('nothing was refused');
}

describe('a config', () => {
  it('has defaults for everything', () => {
    expect(json({})).toEqual({
      prices: {},
      integrate: {},
      landing: {},
      checks: [],
      contracts: { openapi: { timeout: 120_000 } },
      onConflict: {},
      directories: {},
      sandbox: { mode: 'auto', writable: [] },
      agent: 'claude',
      agents: {},
      workspace: { copy: [], link: [], submodules: false },
      limits: { maxFileSize: 50e6 },
      scope: { extend: 'ask', allow: [] },
      secrets: { pass: [], mask: [] },
      branchPrefix: 'feature/',
      junk: [],
    });
    expect(parseConfig('', 'copse.config.yaml')).toEqual(json({}));
    expect(parseConfig('# nothing\n', 'copse.config.yml')).toEqual(json({}));
  });

  it('is read whole, in JSON and in YAML', () => {
    const yaml = `
agent: fast
agents:
  claude:
    command: /opt/claude
    model: opus
    args: [--verbose]
    env: { HTTPS_PROXY: "http://127.0.0.1:3128" }
    settingSources: project
    maxTurns: 80
    maxBudgetUsd: 2.5
  command:
    command: [node, agent.js, "{prompt_file}"]
  fast:
    type: claude
    command: [node, ./claude.js]
workspace:
  root: ../trees
  copy: [.env, config/*.local.json]
  link: [node_modules]
  setup: npm ci
  submodules: true
limits: { maxConcurrent: 4, retries: 2, timeout: 1h30m, stall: 600, maxFileSize: 2GB }
scope: { policy: enforce, allow: ["docs/**"] }
secrets: { pass: [OPENAI_API_KEY], mask: [ACME_*, '/acme-[0-9]+/'] }
escape: fail
branchPrefix: work/
junk: ["*.pyc"]
`;
    const config = parseConfig(yaml, 'copse.config.yaml');
    expect(config).toEqual({
      prices: {},
      integrate: {},
      landing: {},
      onConflict: {},
      checks: [],
      contracts: { openapi: { timeout: 120_000 } },
      directories: {},
      sandbox: { mode: 'auto', writable: [] },
      agent: 'fast',
      agents: {
        claude: {
          type: 'claude',
          command: '/opt/claude',
          model: 'opus',
          args: ['--verbose'],
          env: { HTTPS_PROXY: 'http://127.0.0.1:3128' },
          settingSources: 'project',
          maxTurns: 80,
          maxBudgetUsd: 2.5,
        },
        command: { type: 'command', command: ['node', 'agent.js', '{prompt_file}'] },
        fast: { type: 'claude', command: ['node', './claude.js'] },
      },
      workspace: {
        root: '../trees',
        copy: ['.env', 'config/*.local.json'],
        link: ['node_modules'],
        setup: 'npm ci',
        submodules: true,
      },
      limits: { maxConcurrent: 4, retries: 2, timeout: 5_400_000, stall: 600_000, maxFileSize: 2e9 },
      scope: { policy: 'enforce', extend: 'ask', allow: ['docs/**'] },
      secrets: { pass: ['OPENAI_API_KEY'], mask: ['ACME_*', '/acme-[0-9]+/'] },
      escape: 'fail',
      branchPrefix: 'work/',
      junk: ['*.pyc'],
    });
  });
});

describe('a wrong config is refused with file and line', () => {
  const lines = (...text: string[]) => text.join('\n');

  it.each([
    [
      'a name that is none',
      lines('{', '  "secrets": {', '    "mask": ["no name"]', '  }', '}'),
      'copse.config.json:3:14 secrets.mask.0 is no name of a variable (ACME_KEY, ACME_*) and no form between slashes (/acme-[0-9a-f]{32}/)',
    ],
    [
      'a form that is everywhere',
      lines('{', '  "secrets": { "mask": ["/x*/"] }', '}'),
      'copse.config.json:2:25 secrets.mask.0 is the form of an empty text, too',
    ],
    [
      'an unknown key',
      lines('{', '  "agnet": "claude"', '}'),
      'copse.config.json:2:3 agnet is not known | did you mean agent?',
    ],
    [
      'an unknown key inside',
      lines('{', '  "limits": {', '    "maxConcurent": 3', '  }', '}'),
      'copse.config.json:3:5 limits.maxConcurent is not known | did you mean maxConcurrent?',
    ],
    [
      'a key like no other',
      '{"limits": {"colour": 3}}',
      'copse.config.json:1:13 limits.colour is not known | known here: maxConcurrent, retries, timeout, stall',
    ],
    [
      'an unknown key of an agent',
      '{"agents": {"claude": {"modle": "x"}}}',
      'copse.config.json:1:24 agents.claude.modle is not known | did you mean model?',
    ],
    [
      'a wrong type',
      lines('{', '  "limits": { "retries": "two" }', '}'),
      'copse.config.json:2:26 limits.retries: expected number, received string',
    ],
    [
      'no duration',
      '{"limits": {"timeout": "soon"}}',
      'copse.config.json:1:24 limits.timeout is no duration: write 2h, 90m, 45s, or seconds as a number',
    ],
    ['a duration of nothing', '{"limits": {"timeout": 0}}', 'limits.timeout is no duration'],
    ['a path outside', '{"workspace": {"copy": ["a", "../.ssh"]}}', "copse.config.json:1:30 workspace.copy.1 has '..'"],
    ['a hostile prefix', '{"branchPrefix": "-x/"}', "branchPrefix makes no branch name: it starts with '-'"],
    [
      'an agent that is not defined',
      '{\n "agent": "gemni"\n}',
      "copse.config.json:2:11 agent: there is no agent 'gemni' | known: claude",
    ],
    ['an agent without a type', '{"agents": {"fast": {"command": ["x"]}}}', 'copse.config.json:1:21 agents.fast.type'],
    [
      'a fall-back that is no agent',
      '{"agents": {"claude": {"fallback": "codx"}}}',
      "agents.claude.fallback: there is no agent 'codx'",
    ],
    [
      'nobody to resolve conflicts',
      '{"onConflict": {"policy": "agent", "agent": "codx"}}',
      "onConflict.agent: there is no agent 'codx'",
    ],
    ['a name of a variable', '{"agents": {"claude": {"env": {"A B": "x"}}}}', 'agents.claude.env.A B'],
    ['broken JSON', '{"agent": "claude",}', 'copse.config.json:1:19 a comma before }: remove it'],
    ['no object', '[]', 'copse.config.json:1:1 the config: expected object, received array'],
  ])('%s', (_what, text, expected) => {
    expect(refused(() => parseConfig(text, 'copse.config.json'))).toContain(expected);
  });

  it.each([
    [
      'an unknown key',
      lines('limits:', '  retires: 2'),
      'copse.config.yaml:2:3 limits.retires is not known | did you mean retries?',
    ],
    [
      'a wrong type',
      lines('workspace:', '  copy: .env'),
      'copse.config.yaml:2:9 workspace.copy: expected array, received string',
    ],
    ['broken YAML', lines('agent: [a', 'b: c'), 'copse.config.yaml:2:'],
    [
      'a bomb',
      `a: &a [1]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [${`*${i ? `b${i - 1}` : 'a'},`.repeat(9)}]`).join('\n')}`,
      'copse.config.yaml:1:1',
    ],
  ])('%s in YAML', (_what, text, expected) => {
    expect(refused(() => parseConfig(text, 'copse.config.yaml'))).toContain(expected);
  });
});

describe('loadConfig', () => {
  const inFolder = (files: Record<string, string | Buffer>, action: (root: string) => void) => {
    const root = mkdtempSync(join(tmpdir(), 'copse-config-'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content);
    try {
      action(root);
    } finally {
      rmSync(root, { recursive: true });
    }
  };

  it('takes the file that is there', () => {
    inFolder({}, (root) => expect(loadConfig(root).agent).toBe('claude'));
    inFolder({ 'copse.config.json': '{"limits": {"retries": 3}}' }, (root) =>
      expect(loadConfig(root).limits.retries).toBe(3),
    );
    inFolder({ 'copse.config.yml': 'limits: {retries: 4}' }, (root) => expect(loadConfig(root).limits.retries).toBe(4));
  });

  it('refuses two of them, and what is not text', () => {
    inFolder({ 'copse.config.json': '{}', 'copse.config.yaml': '' }, (root) =>
      expect(refused(() => loadConfig(root))).toContain('there are two config files'),
    );
    inFolder({ 'copse.config.json': Buffer.from([0xff, 0xfe, 0]) }, (root) =>
      expect(refused(() => loadConfig(root))).toContain('copse.config.json the file is not UTF-8'),
    );
  });
});
