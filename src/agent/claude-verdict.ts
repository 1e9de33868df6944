import { claimFrom, extractClaim } from '../run/claim.ts';
import type { Claim } from '../run/event.ts';
import type { Limit, Outcome } from '../run/failure.ts';
import { amount, type Json, list, object, string } from './json.ts';
import { epochReset, localZone, resetOf, saysUsageLimit } from './limit.ts';
import { endingSignal } from './signal.ts';
import { firstProse, lastLine, oneLine } from './text.ts';

/** What a reader remembers of a transcript for the final account. */
export interface ClaudeRecord {
  /** The session began: an `init` or a message was seen. */
  started: boolean;
  interrupted: boolean;
  /** The last `result` event. */
  result: Json | null;
  /** The last retry, until a message got through. */
  retry: { status: number | null; summary: string } | null;
  /** The last API error that Claude Code gave up on, in its own words. */
  apiError: { status: number | null; kind: string | null; text: string } | null;
  /** The last `rate_limit_info` that refused requests, until a message got through. */
  refusal: Json | null;
  /** Text of the main conversation, its last 64 KiB. */
  texts: string;
}

export interface Ending {
  exit: number | null;
  signal: string | null;
  stderr: string;
  /** When it ended, in milliseconds since the epoch. */
  now: number;
}

interface Judgement {
  outcome: Outcome;
  message: string;
  limit?: Limit;
}

/**
 * The outcome by what Claude Code was measured to do: success is a result event with subtype `success` and no `is_error`
 * (a refused key is a `success` with `is_error`), whatever the exit status says; an interrupt exits 0; a process that was
 * ended after its result has succeeded all the same.
 */
export function claudeVerdict(seen: ClaudeRecord, ending: Ending): Judgement & { claim: Claim | null } {
  const said = string(seen.result?.result) ?? '';
  const form = object(seen.result?.structured_output); // only who asked for a JSON schema gets one
  const claim = form ? claimFrom(form) : (extractClaim(said) ?? extractClaim(seen.texts));
  const judgement = seen.result ? byResult(seen.result, seen, { claim, now: ending.now }) : withoutResult(seen, ending);
  return { ...judgement, message: oneLine(judgement.message, 400), claim };
}

function byResult(result: Json, seen: ClaudeRecord, { claim, now }: { claim: Claim | null; now: number }): Judgement {
  const why = list(result.errors)
    .filter((error) => typeof error === 'string')
    .join('; ');
  switch (result.subtype) {
    case 'success':
      // Older versions said so in a result like any other.
      if (
        result.is_error === true ||
        /^Claude AI usage limit reached\|\d+$/.test(string(result.result)?.trim() ?? '')
      ) {
        return apiFailure(result, seen, now);
      }
      return { outcome: 'success', message: successMessage(result, claim) };
    case 'error_max_turns':
      return { outcome: 'max-turns', message: `${why || 'Too many turns'}: raise maxTurns or make the task smaller` };
    case 'error_max_budget_usd': {
      const spent = (amount(result.total_cost_usd) ?? 0).toFixed(2);
      const message = `${why || 'Budget reached'} after $${spent}: raise maxBudgetUsd or make the task smaller`;
      return { outcome: 'budget', message };
    }
    default:
      if (seen.interrupted || string(result.terminal_reason)?.startsWith('aborted')) {
        const refused = refusedKey(seen); // it was we who had seen enough
        if (refused !== null) return refused;
        return { outcome: 'cancelled', message: 'Claude Code was interrupted before it had finished' };
      }
      if (/No conversation found with session/.test(why)) {
        return { outcome: 'lost', message: 'the session to go on with is not there any more' };
      }
      return {
        outcome: 'agent-error',
        message: `Claude Code ended with ${string(result.subtype) ?? 'an error'}${why && `: ${why}`}`,
      };
  }
}

function successMessage(result: Json, claim: Claim | null): string {
  const denied = list(result.permission_denials).map((denial) => string(object(denial)?.tool_name) ?? 'a tool');
  const said = claim?.summary || firstProse(string(result.result) ?? '') || 'Claude Code finished';
  if (denied.length === 0) return said;
  return `${denied.length} tool call${denied.length === 1 ? ' was' : 's were'} denied (${[...new Set(denied)].join(', ')}): ${said}`;
}

const OVERLOADED = new Set([500, 502, 503, 504, 529]);

/** Statuses that say that the service is full, not that it is broken. */
const FULL = new Set([503, 529]);

function apiFailure(result: Json, seen: ClaudeRecord, now: number): Judgement {
  const status = amount(result.api_error_status) ?? seen.apiError?.status ?? null;
  const said = string(result.result) || seen.apiError?.text || 'nothing';
  const judgement = status === null ? withoutStatus(result, seen, said) : byStatus(status);
  const message = `${judgement.message} Claude Code said: ${said}`;
  const isLimit = judgement.outcome === 'rate-limited' || (status !== null && FULL.has(status));
  return { ...judgement, message, ...(isLimit && { limit: limitOf(seen, said, now) }) };
}

function limitOf({ refusal }: ClaudeRecord, said: string, now: number): Limit {
  const zone = localZone();
  const resetsAt = epochReset(refusal?.resetsAt, now) ?? resetOf(said, { now, zone });
  return { resetsAt, text: oneLine(said) };
}

function byStatus(status: number): Judgement {
  if (status === 401 || status === 403) return { outcome: 'auth', message: LOGIN[status] };
  if (status === 402) return { outcome: 'auth', message: 'The account cannot pay for the request (402).' };
  if (status === 429) return { outcome: 'rate-limited', message: 'Rate limited (429) and out of retries.' };
  if (OVERLOADED.has(status))
    return { outcome: 'overloaded', message: `The API failed (${status}) after all retries.` };
  return { outcome: 'agent-error', message: `The API refused the request (${status}).` };
}

function withoutStatus(result: Json, seen: ClaudeRecord, said: string): Judgement {
  if (seen.apiError?.kind === 'authentication_failed' || /not logged in|\/login|invalid api key/i.test(said)) {
    return { outcome: 'auth', message: LOGIN.none };
  }
  if (saysUsageLimit(said)) return { outcome: 'rate-limited', message: 'The usage limit of the account is reached.' };
  switch (result.terminal_reason) {
    case 'blocking_limit':
      return {
        outcome: 'agent-error',
        message: 'The prompt does not fit the model: shorten context.md or split the task.',
      };
    case 'api_error':
      return { outcome: 'network', message: 'The API could not be reached.' };
    default:
      return { outcome: 'agent-error', message: 'Claude Code ended with an error.' };
  }
}

const LOGIN = {
  none: 'Claude Code is not logged in: run `claude` once, or set ANTHROPIC_API_KEY.',
  401: 'Claude Code is not logged in (401): run `claude` once, or set ANTHROPIC_API_KEY.',
  403: 'The account may not use the API (403): check the key, or run `claude` and log in again.',
} as const;

function withoutResult(seen: ClaudeRecord, { exit, signal, stderr }: Ending): Judgement {
  const refused = refusedKey(seen);
  if (refused !== null) return refused;
  const by = endingSignal(exit, signal);
  const meanwhile = seen.retry ? ` at ${seen.retry.summary}` : '';
  if (seen.interrupted || by === 'SIGINT') {
    return { outcome: 'cancelled', message: `Claude Code was interrupted${meanwhile}` };
  }
  if (by !== null)
    return { outcome: 'crashed', message: `Claude Code was ended by ${by} before its result${meanwhile}` };
  if (exit === null) return { outcome: 'lost', message: 'Claude Code left no result, and how it ended is not known' };
  if (exit === 0) return silent(seen);
  const complaint = lastLine(stderr);
  const because = complaint && `: ${complaint}`;
  if (seen.started)
    return { outcome: 'crashed', message: `Claude Code ended without a result (exit ${exit})${because}` };
  return { outcome: 'agent-error', message: neverBegan(exit, stderr, because) };
}

/** It was ended while it tried a refused key again and again. */
function refusedKey({ retry }: ClaudeRecord): Judgement | null {
  if (retry?.status !== 401 && retry?.status !== 403) return null;
  return { outcome: 'auth', message: `${LOGIN[retry.status]} It was at ${retry.summary}.` };
}

/** An interrupt while it waits for the model can end in exit 0 without a word; so does a binary that is not Claude Code. */
function silent(seen: ClaudeRecord): Judgement {
  return seen.started
    ? { outcome: 'cancelled', message: 'Claude Code ended without a result, as after an interrupt' }
    : { outcome: 'crashed', message: 'Claude Code ended without a word' };
}

function neverBegan(exit: number, stderr: string, because: string): string {
  if (stderr.includes('cannot be used with root/sudo')) {
    return 'Claude Code refuses to skip permissions as root: set IS_SANDBOX=1 in agents.claude.env if this machine is a sandbox';
  }
  if (exit === 126 || exit === 127)
    return `Claude Code could not be started (exit ${exit}): run \`copse doctor\`${because}`;
  return `Claude Code ended before it began (exit ${exit})${because}`;
}
