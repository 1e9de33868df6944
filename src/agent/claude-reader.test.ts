import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, AgentVerdict } from './adapter.ts';
import { createClaudeReader } from './claude-reader.ts';

// Transcripts recorded from Claude Code 2.1.330 (paths replaced), with the exit status it had.

const fixtures = join(import.meta.dirname, 'fixtures');
const recorded = (name: string) => readFileSync(join(fixtures, `${name}.jsonl`), 'utf8');
const WORKSPACE = '/home/dev/project';

interface Reading {
  events: AgentEvent[];
  verdict: AgentVerdict;
  activities: string[];
}

function read(
  text: string,
  exit: number | null,
  more: { signal?: string; stderr?: string; spentBefore?: number } = {},
): Reading {
  const { spentBefore } = more;
  const reader = createClaudeReader({ workspace: WORKSPACE, ...(spentBefore === undefined ? {} : { spentBefore }) });
  const events = text.split('\n').flatMap((line) => reader.line(line));
  const activities = events.flatMap((event) => (event.type === 'activity' ? [event.activity.summary] : []));
  return { events, activities, verdict: reader.verdict(exit, more.signal ?? null, more.stderr ?? '') };
}

const finishes = ({ events }: Reading) => events.filter((event) => event.type === 'finished').length;
const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
const tokens = (input: number, output: number) => ({ ...NOTHING, input, output });

interface Golden {
  exit: number;
  verdict: Omit<AgentVerdict, 'claim'>;
  activities: string[];
  finishes?: number;
}

const GOLDEN: Record<string, Golden> = {
  'claude-success': {
    exit: 0,
    verdict: {
      outcome: 'success',
      message: 'All done.',
      tokens: tokens(4000, 200),
      cost: { usd: 0.02, source: 'reported' },
    },
    activities: [
      'I will write the file.',
      'Write /home/dev/project',
      'Bash git add -A && git commit -qm "add hello" && git log --oneline | head -3',
      'Bash touch .claude-task-complete && env | sort | grep -iE "claude|anthropic|sandbox"',
      'All done.',
    ],
  },
  // The sub-agent's messages are in the transcript, its tokens only in the per-model figures (`usage` says 3000).
  'claude-subagent': {
    exit: 0,
    verdict: {
      outcome: 'success',
      message: 'Added b.',
      tokens: tokens(5000, 250),
      cost: { usd: 0.025, source: 'reported' },
    },
    activities: [
      'Agent general-purpose write tests',
      'general-purpose: Bash echo sub',
      'Write src/b.ts',
      expect.stringMatching(/^All done\. ```json/),
    ],
  },
  'claude-background-task': {
    exit: 143,
    verdict: {
      outcome: 'success',
      message: 'done',
      tokens: tokens(3000, 150),
      cost: { usd: 0.015, source: 'reported' },
    },
    activities: [
      'Bash sleep 4101',
      'Bash nohup sleep 4102 >/dev/null 2>&1 & setsid sleep 4103 >/dev/null 2>&1 & (sleep 4104 &) ; echo started',
      'done',
    ],
  },
  'claude-permission-denied': {
    exit: 0,
    verdict: {
      outcome: 'success',
      message: '4 tool calls were denied (Write, Bash): done',
      tokens: tokens(6000, 300),
      cost: { usd: 0.03, source: 'reported' },
    },
    activities: [
      'Write /home/dev/project',
      'Bash git status --short',
      'Bash curl -s http://127.0.0.1:4010/health',
      'Write /home/dev/project',
      'Bash rm -rf ./p.txt',
      'done',
    ],
  },
  'claude-401': {
    exit: 1,
    verdict: {
      outcome: 'auth',
      message:
        'Claude Code is not logged in (401): run `claude` once, or set ANTHROPIC_API_KEY. Claude Code said: Invalid API key · Fix external API key',
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: ['retry 1/2 after 401', 'retry 2/2 after 401', 'Invalid API key · Fix external API key'],
  },
  'claude-no-key': {
    exit: 1,
    verdict: {
      outcome: 'auth',
      message:
        'Claude Code is not logged in: run `claude` once, or set ANTHROPIC_API_KEY. Claude Code said: Not logged in · Please run /login',
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: ['Not logged in · Please run /login'],
  },
  'claude-529': {
    exit: 1,
    verdict: {
      outcome: 'overloaded',
      message: expect.stringMatching(
        /^The API failed \(529\) after all retries\. Claude Code said: API Error: 529 Overloaded/,
      ),
      limit: { resetsAt: null, text: expect.stringMatching(/^API Error: 529 Overloaded/) },
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: ['retry 1/2 after 529', 'retry 2/2 after 529', expect.stringMatching(/^API Error: 529/)],
  },
  'claude-refused': {
    exit: 1,
    verdict: {
      outcome: 'network',
      message: expect.stringMatching(/could not be reached.*ECONNREFUSED/),
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: [
      'retry 1/2 after no answer from the API',
      'retry 2/2 after no answer from the API',
      expect.stringMatching(/ECONNREFUSED/),
    ],
  },
  'claude-max-turns': {
    exit: 1,
    verdict: {
      outcome: 'max-turns',
      message: 'Reached maximum number of turns (2): raise maxTurns or make the task smaller',
      tokens: tokens(2000, 100),
      cost: { usd: 0.01, source: 'reported' },
    },
    activities: ['Bash echo 1', 'Bash echo 2'],
  },
  // `usage` is zero here: the budget is checked after the request, before it is added.
  'claude-max-budget': {
    exit: 1,
    verdict: {
      outcome: 'budget',
      message: 'Reached maximum budget ($0.1) after $0.42: raise maxBudgetUsd or make the task smaller',
      tokens: tokens(100_000, 1000),
      cost: { usd: 0.42, source: 'reported' },
    },
    activities: ['Bash echo 1'],
  },
  'claude-schema-never-met': {
    exit: 1,
    verdict: {
      outcome: 'agent-error',
      message: expect.stringMatching(/^Claude Code ended with error_max_structured_output_retries: Failed to provide/),
      tokens: tokens(5000, 250),
      cost: { usd: 0.025, source: 'reported' },
    },
    activities: Array(5).fill('StructuredOutput'),
  },
  'claude-bad-resume': {
    exit: 1,
    verdict: {
      outcome: 'lost', // copse has asked for it: the next attempt begins anew
      message: 'the session to go on with is not there any more',
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: [],
  },
  'claude-sigint': {
    exit: 0,
    verdict: {
      outcome: 'cancelled',
      message: 'Claude Code was interrupted before it had finished',
      tokens: tokens(1000, 50),
      cost: { usd: 0.005, source: 'reported' },
    },
    activities: ['Bash (sleep 3129 &) ; sleep 312; echo never'],
  },
  'claude-sigint-waiting': {
    exit: 0,
    verdict: {
      outcome: 'cancelled',
      message: 'Claude Code was interrupted before it had finished',
      tokens: NOTHING,
      cost: { usd: 0, source: 'reported' },
    },
    activities: [],
  },
  'claude-sigterm': {
    exit: 143,
    verdict: {
      outcome: 'crashed',
      message: 'Claude Code was ended by SIGTERM before its result',
      tokens: NOTHING,
      cost: { usd: null, source: 'unknown' },
    },
    activities: [],
    finishes: 0,
  },
};

describe('recorded transcripts', () => {
  it('all have their reading here', () => {
    const names = readdirSync(fixtures).map((file) => file.replace('.jsonl', ''));
    expect(names.filter((name) => name.startsWith('claude-')).sort()).toEqual(Object.keys(GOLDEN).sort());
  });

  it.each(Object.entries(GOLDEN))('%s', (name, golden) => {
    const reading = read(recorded(name), golden.exit);
    expect(reading.verdict).toEqual({
      claim: null,
      ...golden.verdict,
      ...(name === 'claude-subagent' && { claim: CLAIM, ranTests: false }),
    });
    expect(reading.activities).toEqual(golden.activities);
    expect(finishes(reading)).toBe(golden.finishes ?? 1);
  });

  const CLAIM = {
    task_completed: true,
    validation_passed: true,
    files_created: ['src/b.ts'],
    tests_run: 3,
    tests_passed: 3,
    tests_failed: 0,
    summary: 'Added b.',
  };

  it('name the session, the model and the version', () => {
    expect(read(recorded('claude-success'), 0).events[0]).toEqual({
      type: 'session',
      id: '21ffc6db-04cf-4e39-b049-4b7bf313068a',
      model: 'claude-opus-5-5',
      version: '2.1.330',
    });
  });

  it('count an API message once, though it comes as one event for each block', () => {
    const usage = read(recorded('claude-success'), 0).events.filter((event) => event.type === 'usage');
    expect(usage.map((event) => event.tokens.input)).toEqual([1000, 2000, 3000, 4000, 4000]);
    expect(usage.map((event) => event.cost.source)).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'reported']);
    expect(usage.map((event) => event.turns)).toEqual([1, 2, 3, 4, 4]);
  });
});

describe('a process that ended without its result', () => {
  const begun = recorded('claude-success').split('\n').slice(0, 4).join('\n');

  it.each([
    { exit: 143, signal: null, outcome: 'crashed', message: 'Claude Code was ended by SIGTERM before its result' },
    {
      exit: null,
      signal: 'SIGKILL',
      outcome: 'crashed',
      message: 'Claude Code was ended by SIGKILL before its result',
    },
    { exit: 129, signal: null, outcome: 'crashed', message: 'Claude Code was ended by SIGHUP before its result' },
    { exit: 130, signal: null, outcome: 'cancelled', message: 'Claude Code was interrupted' },
    {
      exit: 0,
      signal: null,
      outcome: 'cancelled',
      message: 'Claude Code ended without a result, as after an interrupt',
    },
    {
      exit: 1,
      signal: null,
      outcome: 'crashed',
      message: 'Claude Code ended without a result (exit 1): out of memory',
    },
    { exit: null, signal: null, outcome: 'lost', message: 'Claude Code left no result, and how it ended is not known' },
  ])('exit $exit, signal $signal', ({ exit, signal, outcome, message }) => {
    const { verdict } = read(begun, exit, { ...(signal && { signal }), stderr: 'warning: x\nout of memory\n' });
    expect(verdict).toMatchObject({
      outcome,
      message,
      tokens: tokens(1000, 50),
      cost: { usd: null, source: 'unknown' },
    });
  });

  it('was interrupted when it says so, as a process waiting for the model does', () => {
    const [init, interrupted] = recorded('claude-sigint-waiting').split('\n');
    expect(read(`${init}\n${interrupted}`, 0).verdict).toMatchObject({
      outcome: 'cancelled',
      message: 'Claude Code was interrupted',
    });
  });

  it.each([
    ['--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons', /IS_SANDBOX=1/],
    ['Error: Session ID 042363fd-bc1b-40e6-aa26-f12d6ab9e92b is already in use.', /is already in use/],
    ["--agent 'x' not found. Available agents: claude, Plan", /--agent 'x' not found/],
    [
      'Error: piped stdin input exceeds 10MB. Pass large content as a file path in your prompt instead.',
      /exceeds 10MB/,
    ],
  ])('never began: %s', (stderr, message) => {
    const { verdict } = read('', 1, { stderr: `${stderr}\n` });
    expect(verdict.outcome).toBe('agent-error');
    expect(verdict.message).toMatch(message);
  });

  it('could not be started', () => {
    const { verdict } = read('', 127, { stderr: 'sh: claude: not found' });
    expect(verdict).toMatchObject({ outcome: 'agent-error', message: expect.stringContaining('copse doctor') });
  });

  it('is not Claude Code when it says nothing and exits 0', () => {
    expect(read('', 0).verdict).toMatchObject({ outcome: 'crashed', message: 'Claude Code ended without a word' });
  });
});

describe('a key that is refused again and again', () => {
  const retry = (attempt: number, status: number | null) =>
    JSON.stringify({ type: 'system', subtype: 'api_retry', attempt, max_retries: 10, error_status: status });

  it('ends the attempt after four tries instead of three minutes', () => {
    const reading = read([1, 2, 3, 4, 5].map((attempt) => retry(attempt, 401)).join('\n'), 143);
    expect(reading.events.map((event) => event.type)).toEqual([
      'activity',
      'activity',
      'activity',
      'activity',
      'finished',
      'activity',
    ]);
    expect(reading.verdict).toMatchObject({
      outcome: 'auth',
      message: expect.stringContaining('not logged in (401)'),
    });
  });

  it('is forgiven when a message gets through, and an overload never ends it', () => {
    const message = JSON.stringify({
      type: 'assistant',
      message: { id: 'm', content: [], usage: {} },
      parent_tool_use_id: null,
    });
    const lines = [
      retry(1, 401),
      retry(2, 401),
      retry(3, 401),
      message,
      retry(1, 401),
      ...[1, 2, 3, 4, 5].map((n) => retry(n, 529)),
    ];
    const reading = read(lines.join('\n'), 143);
    expect(finishes(reading)).toBe(0);
    expect(reading.verdict).toMatchObject({
      outcome: 'crashed',
      message: 'Claude Code was ended by SIGTERM before its result at retry 5/10 after 529',
    });
  });
});

describe('money', () => {
  const model = (usd: number) => ({
    opus: { inputTokens: 2000, outputTokens: 100, cacheReadInputTokens: 7, cacheCreationInputTokens: 5, costUSD: usd },
  });
  const result = (more: object) =>
    JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'ok', ...more });

  it('of a resumed session is the difference, by the per-result figures', () => {
    const line = result({ total_cost_usd: 0.03, modelUsage: model(0.03), model_usage_since_last_result: model(0.01) });
    expect(read(line, 0).verdict).toMatchObject({
      cost: { usd: 0.01, source: 'reported' },
      tokens: { input: 2000, output: 100, cacheRead: 7, cacheWrite: 5 },
    });
  });

  it('of a resumed session without those figures is the difference to what it had cost', () => {
    const line = result({ total_cost_usd: 0.03, usage: { input_tokens: 2000, output_tokens: 100 } });
    expect(read(line, 0, { spentBefore: 0.02 }).verdict).toMatchObject({
      cost: { usd: 0.01, source: 'reported' },
      tokens: tokens(2000, 100),
    });
  });

  it('of two turns of one process adds up, and a line read twice does not', () => {
    const turn = (index: number, queued: number) =>
      result({
        result_index: index,
        queued_turn_count: queued,
        total_cost_usd: 0.01 * (index + 1),
        model_usage_since_last_result: model(0.01),
      });
    const reading = read([turn(0, 1), turn(0, 1), turn(1, 0)].join('\n'), 0);
    expect(reading.verdict).toMatchObject({ cost: { usd: 0.02 }, tokens: { input: 4000 } });
    expect(finishes(reading)).toBe(1);
  });

  it('is not known from figures that are none', () => {
    const line = result({ total_cost_usd: 'much', usage: { input_tokens: -1, output_tokens: null }, num_turns: {} });
    expect(read(line, 0).verdict).toMatchObject({
      outcome: 'success',
      tokens: NOTHING,
      cost: { usd: null, source: 'unknown' },
    });
  });
});

describe('other errors of the API', () => {
  const ended = (more: object) =>
    read(
      JSON.stringify({
        type: 'result',
        subtype: 'success',
        is_error: true,
        terminal_reason: 'api_error',
        api_error_status: null,
        result: 'No.',
        ...more,
      }),
      1,
    ).verdict;

  it.each([
    [{ api_error_status: 403 }, 'auth'],
    [{ api_error_status: 402 }, 'auth'],
    [{ api_error_status: 429 }, 'rate-limited'],
    [{ api_error_status: 500 }, 'overloaded'],
    [{ api_error_status: 400 }, 'agent-error'],
    [{ api_error_status: 404 }, 'agent-error'],
    [{ api_error_status: 413, terminal_reason: 'image_error' }, 'agent-error'],
    [{ terminal_reason: 'blocking_limit', result: 'Prompt is too long' }, 'agent-error'],
    [{ result: 'Invalid API key · Please run /login' }, 'auth'],
    [{}, 'network'],
    [{ terminal_reason: 'something new' }, 'agent-error'],
  ])('%j', (more, outcome) => {
    expect(ended(more)).toMatchObject({
      outcome,
      message: expect.stringContaining('result' in more ? String(more.result) : 'No.'),
    });
  });

  it('says what to do about a prompt that is too long', () => {
    expect(ended({ terminal_reason: 'blocking_limit', result: 'Prompt is too long' }).message).toMatch(
      /split the task/,
    );
  });
});

describe('the conversation and what is beside it', () => {
  const line = (more: object) => JSON.stringify(more);
  const says = (text: string, more: object = {}) =>
    line({
      type: 'assistant',
      parent_tool_use_id: null,
      message: { id: text, content: [{ type: 'text', text }] },
      ...more,
    });
  const claim = (summary: string) => `{"task_completed": true, "summary": "${summary}"}`;
  const done = (more: object) => line({ type: 'result', subtype: 'success', is_error: false, result: 'Bye.', ...more });

  it('has its claim in an earlier message when the last has none, but never from a sub-agent', () => {
    const sub = says(claim('of a sub-agent'), { parent_tool_use_id: 'toolu_1' });
    expect(read([says(claim('mine')), sub, done({})].join('\n'), 0).verdict.claim?.summary).toBe('mine');
    expect(read([sub, done({})].join('\n'), 0).verdict.claim).toBeNull();
    expect(read([says(claim('old')), done({ result: claim('new') })].join('\n'), 0).verdict.claim?.summary).toBe('new');
  });

  it('is interrupted when it says so, not by what a sub-agent was told', () => {
    const told = (parent: string | null) =>
      line({
        type: 'user',
        parent_tool_use_id: parent,
        message: { content: [{ type: 'text', text: '[Request interrupted by user for tool use]' }] },
      });
    expect(read(told('toolu_1'), 1).verdict.outcome).toBe('agent-error');
    expect(read(told(null), 1).verdict.outcome).toBe('cancelled');
    const aborted = done({ subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_tools' });
    expect(read(aborted, 0).verdict.outcome).toBe('cancelled');
  });

  it('knows from its last error what a result without a status means', () => {
    const failed = done({ is_error: true, api_error_status: null, terminal_reason: 'api_error', result: 'Failed.' });
    const error = (more: object) => says('Failed.', { is_api_error_message: true, ...more });
    expect(read([error({ error: 'authentication_failed' }), failed].join('\n'), 1).verdict.outcome).toBe('auth');
    expect(read([error({ api_error_status: 529 }), failed].join('\n'), 1).verdict.outcome).toBe('overloaded');
    expect(read([error({ api_error_status: 529 }), says('on'), failed].join('\n'), 1).verdict.outcome).toBe('network');
  });

  it("does not count Claude Code's own words as turns, nor fewer turns than it has seen", () => {
    const usage = { input_tokens: 10, output_tokens: 1 };
    const message = (id: string, model: string) =>
      line({ type: 'assistant', parent_tool_use_id: null, message: { id, model, content: [], usage } });
    const lines = [
      message('a', 'opus'),
      message('b', '<synthetic>'),
      message('c', 'opus'),
      done({ num_turns: 1, usage }),
    ];
    const usages = read(lines.join('\n'), 0).events.filter((event) => event.type === 'usage');
    expect(usages.map((event) => event.turns)).toEqual([1, 2, 2]);
  });

  it('shows paths outside of the workspace as they are', () => {
    const write = (file_path: string) =>
      line({ type: 'assistant', message: { content: [{ type: 'tool_use', name: 'Write', input: { file_path } }] } });
    const files = [
      '/home/dev/project/a/b.ts',
      '/home/dev/project',
      '/home/dev',
      '/home/dev/other/x',
      'rel/y',
      '/home/dev/project/..z',
    ];
    expect(read(files.map(write).join('\n'), 0).activities).toEqual([
      'Write a/b.ts',
      'Write /home/dev/project',
      'Write /home/dev',
      'Write /home/dev/other/x',
      'Write rel/y',
      'Write ..z',
    ]);
  });
});

describe('damaged transcripts', () => {
  const names = Object.keys(GOLDEN);
  const bytes = new Map(names.map((name) => [name, Buffer.from(recorded(name))]));

  it('cut anywhere are read without a throw, and are no success before the result is there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(20_000), fc.constantFrom(0, 1, 143, null), (name, at, exit) => {
        const whole = bytes.get(name)!;
        const cut = Math.min(at, whole.length);
        const { verdict, events } = read(whole.subarray(0, cut).toString('utf8'), exit);
        const complete = cut >= whole.length - 1;
        if (!complete) {
          expect(verdict.outcome).not.toBe('success');
          expect(events).not.toContainEqual({ type: 'finished' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('with lines of other programs and events of other versions in between say the same', () => {
    const stray = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
      fc.json().filter((text) => !/"type"/.test(text)),
      fc
        .record({ type: fc.constantFrom('stream_event', 'future', 'control_request', 'user'), uuid: fc.string() })
        .map((o) => JSON.stringify(o)),
      fc.constantFrom(
        '{"type":"assistant"',
        'null',
        '[]',
        '{"type":7}',
        '{"type":"system","subtype":"new"}',
        '\u0000',
        'npm warn x',
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(40), stray), { maxLength: 8 }),
        (name, strays) => {
          const lines = recorded(name).split('\n');
          const mixed = [...lines];
          for (const [at, line] of strays) mixed.splice(at % (mixed.length + 1), 0, line);
          const { exit } = GOLDEN[name]!;
          expect(read(mixed.join('\n'), exit)).toEqual(read(lines.join('\n'), exit));
        },
      ),
    );
  });

  it('with bytes that are no UTF-8, as after a split in the middle of a character', () => {
    const text = 'Größe · 大きさ · 🌳';
    const line = (said: string) =>
      JSON.stringify({
        type: 'assistant',
        message: { id: 'm', content: [{ type: 'text', text: said }], usage: {} },
        parent_tool_use_id: null,
      });
    const whole = Buffer.from(line(text));
    fc.assert(
      fc.property(fc.nat(whole.length), (at) => {
        const halves = `${whole.subarray(0, at).toString('utf8')}\n${whole.subarray(at).toString('utf8')}`;
        for (const activity of read(halves, null).activities) expect(activity).toBe(text);
      }),
    );
    const broken = Buffer.concat([whole.subarray(0, whole.indexOf('🌳') + 2), whole.subarray(whole.indexOf('🌳') + 4)]);
    expect(read(broken.toString('utf8'), null).activities).toEqual(['Größe · 大きさ · \ufffd']);
  });

  it('made of anything are read without a throw', () => {
    const value = fc.oneof({ weight: 2, arbitrary: fc.jsonValue() }, { weight: 1, arbitrary: fc.constant(null) });
    const event = fc.record(
      {
        type: fc.constantFrom('system', 'assistant', 'user', 'result'),
        subtype: fc.oneof(
          fc.constantFrom(
            'init',
            'api_retry',
            'status',
            'success',
            'error_max_turns',
            'error_max_budget_usd',
            'error_during_execution',
          ),
          value,
        ),
        message: fc.oneof(
          value,
          fc.record({
            id: value,
            content: fc.array(
              fc.oneof(
                value,
                fc.record({
                  type: fc.constantFrom('text', 'tool_use', 'tool_result'),
                  text: value,
                  name: value,
                  input: value,
                  content: value,
                }),
              ),
            ),
            usage: value,
          }),
        ),
        is_error: value,
        result: value,
        usage: value,
        model_usage_since_last_result: value,
        total_cost_usd: value,
        num_turns: value,
        errors: value,
        permission_denials: value,
        api_error_status: value,
        terminal_reason: value,
        session_id: value,
        parent_tool_use_id: value,
        queued_turn_count: value,
        result_index: value,
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.option(fc.integer({ min: -1, max: 300 })),
        fc.string(),
        (events, exit, stderr) => {
          const reading = read(events.map((each) => JSON.stringify(each)).join('\n'), exit, { stderr });
          for (const summary of reading.activities) expect(summary).toMatch(/^[^\n]{1,200}$/);
          expect(reading.verdict.message).toMatch(/^[^\n]+$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
