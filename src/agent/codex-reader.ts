import { extractClaim } from '../run/claim.ts';
import type { Claim, Tokens } from '../run/event.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import type { AgentEvent, TranscriptReader } from './adapter.ts';
import { codexActivity, commandOf } from './codex-activity.ts';
import { byStatus, type Ending, type Judgement, withoutResult } from './ending.ts';
import { amount, type Json, object, parseObject, string } from './json.ts';
import { localZone, resetOf, saysUsageLimit } from './limit.ts';
import { testRuns } from './test-runs.ts';
import { firstProse, oneLine } from './text.ts';

/** Enough of the agent's last words to find its JSON block in. */
const KEPT_TEXT = 64 * 1024;

/** Without a network Codex waits for ever, twice as long each time (measured): after so many times, some three minutes, it is over. */
const NETWORK_WAITS = 6;

const LOGIN = 'run `codex login`, or set the key that its config names';

interface CodexRecord {
  started: boolean;
  /** How the turn ended, as Codex said it. */
  turn: 'completed' | 'failed' | null;
  /** The last error that it gave up on. */
  error: string;
  /** What it waits for, until something gets through. */
  waiting: string | null;
  texts: string;
  lastText: string;
}

export interface CodexReaderOptions {
  workspace: string;
  /** When what is read now was said, in milliseconds since the epoch; default now. */
  saidAt?: (() => number) | undefined;
}

/** Reads `codex exec --json` (measured with 0.169.0); unknown lines are passed over. */
export function createCodexReader({ workspace, saidAt = Date.now }: CodexReaderOptions): TranscriptReader {
  const seen: CodexRecord = { started: false, turn: null, error: '', waiting: null, texts: '', lastText: '' };
  const shown = new Set<string>();
  const tests = testRuns();
  let waits = 0;
  let tokens = NO_TOKENS;

  /** An item comes when it starts, when it is updated and when it is done: it is one activity. */
  function item(value: Json, done: boolean): AgentEvent[] {
    const got = codexActivity(value, workspace);
    if (got?.kind === 'tool') tests.saw(value.type === 'command_execution' ? commandOf(value) : got.summary);
    if (got !== null) {
      seen.waiting = null;
      waits = 0;
    }
    if (value.type === 'agent_message' && done) {
      seen.lastText = string(value.text) ?? '';
      seen.texts = `${seen.texts}\n${seen.lastText}`.slice(-KEPT_TEXT);
    }
    const id = string(value.id) ?? '';
    if (got === null || shown.has(id)) return [];
    shown.add(id);
    return [{ type: 'activity', activity: got }];
  }

  function error(message: string): AgentEvent[] {
    if (!message.startsWith('Reconnecting')) {
      seen.error = message;
      return [];
    }
    seen.waiting = oneLine(message);
    waits = message.includes('waiting for network') ? waits + 1 : 0;
    const waiting: AgentEvent = { type: 'activity', activity: { kind: 'waiting', summary: seen.waiting } };
    return waits === NETWORK_WAITS ? [waiting, { type: 'finished' }] : [waiting];
  }

  return {
    line(text) {
      const event = parseObject(text);
      if (event === null) return [];
      switch (event.type) {
        case 'thread.started': {
          seen.started = true;
          const id = string(event.thread_id);
          return id ? [{ type: 'session', id }] : [];
        }
        case 'item.started':
        case 'item.updated':
        case 'item.completed':
          return item(object(event.item) ?? {}, event.type === 'item.completed');
        case 'error':
          return error(string(event.message) ?? '');
        case 'turn.completed':
          seen.turn = 'completed';
          tokens = tokensOf(object(event.usage) ?? {}, tokens);
          return [{ type: 'usage', tokens, cost: NO_COST }, { type: 'finished' }];
        case 'turn.failed':
          seen.turn = 'failed';
          seen.error = string(object(event.error)?.message) ?? seen.error;
          return [{ type: 'finished' }];
        default:
          return [];
      }
    },
    verdict(exit, signal, stderr) {
      const claim = extractClaim(seen.lastText) ?? extractClaim(seen.texts);
      const { outcome, message } = judge(seen, claim, { exit, signal, stderr });
      const isLimit = outcome === 'rate-limited';
      const limit = { resetsAt: resetOf(seen.error, { now: saidAt(), zone: localZone() }), text: oneLine(seen.error) };
      return {
        outcome,
        message: oneLine(message, 400),
        claim,
        ...tests.of(claim),
        tokens,
        cost: NO_COST,
        ...(isLimit && { limit }),
      };
    },
  };
}

/** Figures are totals of the thread, and every attempt is a thread of its own. Cached tokens are part of the input. */
function tokensOf(usage: Json, before: Tokens): Tokens {
  const cached = amount(usage.cached_input_tokens) ?? 0;
  return {
    input: Math.max(before.input, (amount(usage.input_tokens) ?? 0) - cached),
    output: Math.max(before.output, amount(usage.output_tokens) ?? 0),
    cacheRead: Math.max(before.cacheRead, cached),
    cacheWrite: Math.max(before.cacheWrite, amount(usage.cache_write_input_tokens) ?? 0),
  };
}

/** The outcome by what Codex was measured to do: a turn that completed is a success, even if the process was ended after it. */
function judge(seen: CodexRecord, claim: Claim | null, ending: Ending): Judgement {
  if (seen.turn === 'completed') {
    return { outcome: 'success', message: claim?.summary || firstProse(seen.lastText) || 'Codex finished' };
  }
  if (seen.turn === 'failed') return byMessage(seen.error);
  if (seen.waiting?.includes('waiting for network')) {
    return { outcome: 'network', message: `The API could not be reached. Codex was at: ${seen.waiting}` };
  }
  return withoutResult({ title: 'Codex', started: seen.started, waiting: seen.waiting }, ending);
}

/** Codex gives no code for what went wrong, only a sentence. */
function byMessage(error: string): Judgement {
  const judgement = byWords(error);
  return { ...judgement, message: `${judgement.message} Codex said: ${error || 'nothing'}` };
}

function byWords(error: string): Judgement {
  const status = /(?:unexpected|last) status:? (\d{3})/.exec(error)?.[1];
  if (status !== undefined) return byStatus(Number(status), LOGIN);
  if (/missing environment variable|not logged in|log ?in again|refresh token/i.test(error)) {
    return { outcome: 'auth', message: `Codex is not logged in: ${LOGIN}.` };
  }
  if (saysUsageLimit(error)) {
    return { outcome: 'rate-limited', message: 'The account has reached its limit.' };
  }
  if (/high demand|overloaded|at capacity/i.test(error)) {
    return { outcome: 'overloaded', message: 'The API failed after all retries.' };
  }
  if (/stream disconnected|connection failed|error sending request|timed? ?out/i.test(error)) {
    return { outcome: 'network', message: 'The API could not be reached.' };
  }
  return { outcome: 'agent-error', message: 'Codex ended with an error.' };
}
