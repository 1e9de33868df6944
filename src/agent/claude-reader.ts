import type { AgentEvent, TranscriptReader } from './adapter.ts';
import { activitiesOf, retrySummary } from './claude-activity.ts';
import { usageMeter } from './claude-usage.ts';
import { type ClaudeRecord, claudeVerdict } from './claude-verdict.ts';
import { amount, type Json, list, object, parseObject, string } from './json.ts';
import { epochReset } from './limit.ts';
import type { PriceBook } from './prices.ts';
import { testRuns } from './test-runs.ts';
import { oneLine } from './text.ts';

export interface ClaudeReaderOptions {
  /** Absolute; paths in activities are shown relative to it. */
  workspace: string;
  /** USD that a resumed session had cost before this process; default 0. */
  spentBefore?: number;
  /** What tokens cost until the agent says it; default not known. */
  prices?: PriceBook;
  /** When what is read now was said, in milliseconds since the epoch; default now. */
  saidAt?: () => number;
}

/**
 * Claude Code retries a refused key as patiently as an overloaded server (ten times, three minutes). A refreshed token
 * mends it within the first attempts; after this many the attempt is over.
 */
const AUTH_RETRIES = 4;

/** A retry that is this far away is no retry but a limit: the agent only holds its place. */
const LONG_RETRY_MS = 60_000;

/** Enough of the agent's last words to find its JSON block in. */
const KEPT_TEXT = 64 * 1024;

/** Reads `--output-format stream-json` of Claude Code (measured with 2.1.330); unknown lines are passed over. */
export function createClaudeReader(options: ClaudeReaderOptions): TranscriptReader {
  const meter = usageMeter(options.spentBefore, options.prices);
  const saidAt = options.saidAt ?? Date.now;
  const seen: ClaudeRecord = {
    started: false,
    interrupted: false,
    result: null,
    retry: null,
    apiError: null,
    refusal: null,
    texts: '',
  };
  let session: string | null = null;
  let refused = 0;
  const tests = testRuns();

  function usage(): AgentEvent {
    return { type: 'usage', ...meter.read() };
  }

  function system(event: Json): AgentEvent[] {
    if (event.subtype === 'init') {
      seen.started = true;
      const id = string(event.session_id);
      if (id === null || id === session) return [];
      session = id;
      const model = string(event.model);
      const version = string(event.claude_code_version);
      return [{ type: 'session', id, ...(model && { model }), ...(version && { version }) }];
    }
    if (event.subtype === 'api_retry') {
      seen.retry = { status: amount(event.error_status), summary: retrySummary(event) };
      refused = seen.retry.status === 401 || seen.retry.status === 403 ? refused + 1 : 0;
      const waiting: AgentEvent = { type: 'activity', activity: { kind: 'waiting', summary: seen.retry.summary } };
      if (refused === AUTH_RETRIES) return [waiting, { type: 'finished' }];
      return seen.retry.status === 429 ? [waiting, retryLimit(event)] : [waiting];
    }
    if (event.subtype === 'status' && event.status === 'compacting') {
      return [{ type: 'activity', activity: { kind: 'waiting', summary: 'compacting the conversation' } }];
    }
    return [];
  }

  function retryLimit(event: Json): AgentEvent {
    const delay = amount(event.retry_delay_ms) ?? 0;
    const resetsAt = delay < LONG_RETRY_MS ? null : epochReset((saidAt() + delay) / 1000, saidAt());
    return { type: 'limit', limit: { resetsAt, text: retrySummary(event) } };
  }

  /** Comes with every change of the account's windows; only a rejection means that requests are refused. */
  function rateLimit(event: Json): AgentEvent[] {
    const info = object(event.rate_limit_info) ?? {};
    seen.refusal = info.status === 'rejected' && info.isUsingOverage !== true ? info : null;
    if (seen.refusal === null) return [];
    const text = oneLine(`${string(info.rateLimitType)?.replaceAll('_', ' ') ?? 'usage'} limit`);
    return [{ type: 'limit', limit: { resetsAt: epochReset(info.resetsAt, saidAt()), text } }];
  }

  function assistant(event: Json): AgentEvent[] {
    seen.started = true;
    const texts = textsOf(event).join('\n');
    if (event.is_api_error_message === true) {
      seen.refusal = object(object(event.api_error_params)?.rate_limit_info) ?? seen.refusal;
      seen.apiError = { status: amount(event.api_error_status), kind: string(event.error), text: texts };
    } else {
      seen.retry = null;
      seen.apiError = null;
      seen.refusal = null;
      refused = 0;
      if (event.parent_tool_use_id == null && texts) seen.texts = `${seen.texts}\n${texts}`.slice(-KEPT_TEXT);
    }
    for (const call of toolCalls(event)) tests.saw(call);
    const activities = activitiesOf(event, options.workspace).map(
      (activity): AgentEvent => ({ type: 'activity', activity }),
    );
    return meter.message(event) ? [...activities, usage()] : activities;
  }

  function result(event: Json): AgentEvent[] {
    seen.result = event;
    meter.result(event);
    // Messages that wait in a queue get a turn and a result of their own.
    return (amount(event.queued_turn_count) ?? 0) > 0 ? [usage()] : [usage(), { type: 'finished' }];
  }

  return {
    line(text) {
      const event = parseObject(text);
      switch (event?.type) {
        case 'system':
          return system(event);
        case 'assistant':
          return assistant(event);
        case 'rate_limit_event':
          return rateLimit(event);
        case 'user':
          seen.interrupted ||= isInterrupt(event);
          return [];
        case 'result':
          return result(event);
        default:
          return [];
      }
    },
    verdict(exit, signal, stderr) {
      const { tokens, cost } = meter.read();
      const verdict = claudeVerdict(seen, { exit, signal, stderr, now: saidAt() });
      return { ...verdict, ...tests.of(verdict.claim), tokens, cost };
    },
  };
}

/** Names and commands of the tools that a message calls. */
function toolCalls(event: Json): string[] {
  return list(object(event.message)?.content).flatMap((value) => {
    const block = object(value);
    return block?.type === 'tool_use'
      ? [`${string(block.name) ?? ''} ${string(object(block.input)?.command) ?? ''}`]
      : [];
  });
}

function isInterrupt(event: Json): boolean {
  const said = event.parent_tool_use_id == null ? textsOf(event) : [];
  return said.some((text) => text.startsWith('[Request interrupted by user'));
}

function textsOf(event: Json): string[] {
  return list(object(event.message)?.content).flatMap((value) => {
    const block = object(value);
    return block?.type === 'text' ? [string(block.text) ?? ''] : [];
  });
}
