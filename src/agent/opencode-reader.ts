import type { Cost, Tokens } from '../run/event.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import type { AgentEvent, TranscriptReader } from './adapter.ts';
import { byStatus, type Ending, type Judgement, withoutResult } from './ending.ts';
import { amount, type Json, object, parseObject, string } from './json.ts';
import { lastWords } from './last-words.ts';
import { saysUsageLimit } from './limit.ts';
import { testRuns } from './test-runs.ts';
import { oneLine } from './text.ts';
import { toolSummary } from './tool-summary.ts';

const TITLE = 'OpenCode';
const LOGIN = 'run `opencode auth login`, or set the key that its config names';

interface OpencodeRecord {
  started: boolean;
  /** Why its last step was over: `stop`, `tool-calls`, `length`. */
  reason: string | null;
  error: Json | null;
}

/** Reads `opencode run --format json`; unknown lines are passed over. There is no last event: the last step has the reason `stop`. */
export function createOpencodeReader({ workspace }: { workspace: string }): TranscriptReader {
  const words = lastWords();
  const tests = testRuns();
  const seen: OpencodeRecord = { started: false, reason: null, error: null };
  let tokens = NO_TOKENS;
  let usd = 0;

  const cost = (): Cost => (usd > 0 ? { usd: Math.round(usd * 1e6) / 1e6, source: 'reported' } : NO_COST);

  function begin(event: Json): AgentEvent[] {
    seen.reason = null;
    if (seen.started) return [];
    seen.started = true;
    const id = string(event.sessionID);
    return id ? [{ type: 'session', id }] : [];
  }

  function text(part: Json): AgentEvent[] {
    words.pause();
    words.say(string(part.text) ?? '');
    const summary = oneLine(string(part.text) ?? '');
    return summary === '' ? [] : [{ type: 'activity', activity: { kind: 'text', summary } }];
  }

  /** Figures are of one step each. */
  function stepOver(part: Json): AgentEvent[] {
    seen.reason = string(part.reason);
    tokens = sum(tokens, tokensOf(object(part.tokens) ?? {}));
    usd += amount(part.cost) ?? 0;
    const usage: AgentEvent = { type: 'usage', tokens, cost: cost() };
    return seen.reason === 'stop' ? [usage, { type: 'finished' }] : [usage];
  }

  return {
    line(line) {
      const event = parseObject(line);
      const part = object(event?.part) ?? {};
      switch (event?.type) {
        case 'step_start':
          return begin(event);
        case 'text':
          return text(part);
        case 'tool_use': {
          const call = toolSummary(part.tool, object(part.state)?.input, workspace);
          if (part.tool === 'task')
            tests.sawHidden(); // another agent, whose tools are not told
          else tests.saw(call);
          const summary = oneLine(call);
          return [{ type: 'activity', activity: { kind: 'tool', summary: summary || 'tool' } }];
        }
        case 'step_finish':
          return stepOver(part);
        case 'error':
          seen.error = object(event.error) ?? {};
          return [];
        default:
          return [];
      }
    },
    verdict(exit, signal, stderr) {
      const claim = words.claim();
      const done = `${claim?.summary || words.prose() || `${TITLE} finished`}`;
      const { outcome, message } = judge(seen, done, { exit, signal, stderr });
      return { outcome, message: oneLine(message, 400), claim, ...tests.of(claim), tokens, cost: cost() };
    },
  };
}

function judge({ started, reason, error }: OpencodeRecord, done: string, ending: Ending): Judgement {
  if (error !== null) return byError(error);
  // Ended by us after its last step it has succeeded; by itself with a failure it has not.
  if (reason === 'stop' && !(ending.exit !== null && ending.exit > 0 && ending.exit < 128)) {
    return { outcome: 'success', message: done };
  }
  if (reason !== null && ending.exit === 0) {
    // So it ends when it was not permitted something, too.
    return { outcome: 'agent-error', message: `${TITLE} stopped in the middle of its work (${reason})` };
  }
  return withoutResult({ title: TITLE, started }, ending);
}

function byError(error: Json): Judgement {
  const data = object(error.data);
  const said = string(data?.message) || string(error.name) || 'nothing';
  const judgement = byStatusOrName(amount(data?.statusCode), string(error.name) ?? '', said);
  return { ...judgement, message: `${judgement.message} ${TITLE} said: ${said}` };
}

function byStatusOrName(status: number | null, name: string, said: string): Judgement {
  if (saysUsageLimit(said)) return { outcome: 'rate-limited', message: 'The account has reached its limit.' };
  if (status !== null) return byStatus(status, LOGIN);
  if (name === 'ProviderAuthError') return { outcome: 'auth', message: `${TITLE} is not logged in: ${LOGIN}.` };
  if (/unable to connect|ECONNREFUSED|ENOTFOUND|fetch failed/i.test(said)) {
    return { outcome: 'network', message: 'The API could not be reached.' };
  }
  return { outcome: 'agent-error', message: `${TITLE} ended with an error.` };
}

function tokensOf(tokens: Json): Tokens {
  const cache = object(tokens.cache);
  return {
    input: amount(tokens.input) ?? 0,
    output: (amount(tokens.output) ?? 0) + (amount(tokens.reasoning) ?? 0),
    cacheRead: amount(cache?.read) ?? 0,
    cacheWrite: amount(cache?.write) ?? 0,
  };
}

function sum(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
  };
}
