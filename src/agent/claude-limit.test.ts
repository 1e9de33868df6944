import { describe, expect, it } from 'vitest';
import { createClaudeAdapter } from './claude.ts';
import { createClaudeReader } from './claude-reader.ts';
import { priceBook } from './prices.ts';

const NOW = Date.parse('2026-10-08T23:30:00Z');
const RESET = Date.parse('2026-10-09T03:00:00Z');

function read(events: object[], exit = 1) {
  const reader = createClaudeReader({ workspace: '/w', saidAt: () => NOW, prices: priceBook() });
  const said = events.flatMap((event) => reader.line(JSON.stringify(event)));
  return { said, verdict: reader.verdict(exit, null, '') };
}

const refused = (result: string, more: object = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: true,
  terminal_reason: 'api_error',
  api_error_status: 429,
  result,
  ...more,
});
const rateLimit = (info: object) => ({ type: 'rate_limit_event', rate_limit_info: info });
const message = (id: string, input: number, output: number, model = 'claude-opus-5-5') => ({
  type: 'assistant',
  parent_tool_use_id: null,
  message: { id, model, content: [{ type: 'text', text: 'x' }], usage: { input_tokens: input, output_tokens: output } },
});

describe('a usage limit of Claude Code', () => {
  it('is told by the text of its result', () => {
    const { verdict } = read([refused("You've hit your session limit · resets 3am (Europe/Berlin)")]);
    expect(verdict).toMatchObject({
      outcome: 'rate-limited',
      limit: { resetsAt: Date.parse('2026-10-09T01:00:00Z'), text: expect.stringContaining('session limit') },
    });
  });

  it('is told by the event before it, which knows the second', () => {
    const info = { status: 'rejected', resetsAt: RESET / 1000, rateLimitType: 'five_hour' };
    const { said, verdict } = read([rateLimit(info), refused("You've hit your session limit · resets 5am")]);
    expect(said[0]).toEqual({ type: 'limit', limit: { resetsAt: RESET, text: 'five hour limit' } });
    expect(verdict.limit!.resetsAt).toBe(RESET);
  });

  it('is told by the parameters of the error', () => {
    const error = {
      ...message('e', 0, 0, '<synthetic>'),
      is_api_error_message: true,
      api_error_status: 429,
      api_error_params: { rate_limit_info: { status: 'rejected', resetsAt: RESET / 1000 } },
    };
    expect(read([error, refused('Request rejected (429)')]).verdict.limit!.resetsAt).toBe(RESET);
  });

  it('is told by versions that had no status, or called it a success', () => {
    const text = `Claude AI usage limit reached|${RESET / 1000}`;
    for (const more of [{ api_error_status: null }, { is_error: false, api_error_status: null }]) {
      expect(read([refused(text, more)]).verdict).toMatchObject({
        outcome: 'rate-limited',
        limit: { resetsAt: RESET },
      });
    }
  });

  it('is none while requests are let through', () => {
    for (const info of [
      { status: 'allowed_warning', resetsAt: RESET / 1000 },
      { status: 'rejected', isUsingOverage: true, resetsAt: RESET / 1000 },
    ]) {
      expect(read([rateLimit(info), refused('Request rejected (429)')]).said[0]).toMatchObject({ type: 'usage' });
    }
  });

  it('is what a retry waits for that is minutes away; a near one is its own affair', () => {
    const retry = (ms: number, status = 429) => ({
      type: 'system',
      subtype: 'api_retry',
      attempt: 1,
      max_retries: 10,
      retry_delay_ms: ms,
      error_status: status,
    });
    const limits = (event: object) => read([event]).said.filter(({ type }) => type === 'limit');
    expect(limits(retry(600_000))).toMatchObject([{ limit: { resetsAt: NOW + 600_000 } }]);
    expect(limits(retry(2000))).toMatchObject([{ limit: { resetsAt: null } }]);
    expect(limits(retry(2000, 529))).toEqual([]);
  });

  it('is a service that is full, not one that is broken', () => {
    expect(read([refused('x', { api_error_status: 529 })]).verdict).toMatchObject({
      outcome: 'overloaded',
      limit: { resetsAt: null },
    });
    expect(read([refused('x', { api_error_status: 500 })]).verdict.limit).toBeUndefined();
  });
});

describe('what it costs while it runs', () => {
  it('is estimated by the list, and what it reports in the end is not', () => {
    const { said } = read([message('a', 1_000_000, 100_000)]);
    expect(said.at(-1)).toMatchObject({ type: 'usage', cost: { usd: 6, source: 'estimated' } });
    const end = { ...refused('Done.'), is_error: false, total_cost_usd: 5.5 };
    expect(read([message('a', 1_000_000, 100_000), end]).verdict.cost).toEqual({ usd: 5.5, source: 'reported' });
    expect(read([message('a', 1_000_000, 100_000)]).verdict.cost).toEqual({ usd: 6, source: 'estimated' });
  });

  it('is not known for a model of no list', () => {
    expect(read([message('a', 1000, 50, 'mystery-1')]).verdict.cost).toEqual({ usd: null, source: 'unknown' });
  });

  it('of a session that goes on is the difference', () => {
    const reader = createClaudeReader({ workspace: '/w', spentBefore: 2 });
    reader.line(JSON.stringify({ ...refused('Done.'), is_error: false, total_cost_usd: 2.5 }));
    expect(reader.verdict(0, null, '').cost).toEqual({ usd: 0.5, source: 'reported' });
  });
});

describe('whose allowance it is', () => {
  const account = (env: NodeJS.ProcessEnv, settings = {}, name = 'claude') =>
    createClaudeAdapter(settings, { isRoot: false, baseEnv: env, baseDir: '/', acpClient: [], sdkClient: [] }, name)
      .account;

  it('is named by what logs in, never by its value', () => {
    expect(account({})).toBe('claude in ~/.claude');
    expect(account({ CLAUDE_CONFIG_DIR: '/c' })).toBe('claude in /c');
    expect(account({ ANTHROPIC_API_KEY: 'sk-secret' })).toBe('claude by ANTHROPIC_API_KEY');
    expect(account({ ANTHROPIC_API_KEY: 'sk-secret' }, {}, 'opus')).toBe('claude by ANTHROPIC_API_KEY');
    const own = { env: { ANTHROPIC_API_KEY: 'sk-other' } };
    expect(account({ ANTHROPIC_API_KEY: 'sk-secret' }, own, 'opus')).toBe('claude by ANTHROPIC_API_KEY of agents.opus');
  });
});
