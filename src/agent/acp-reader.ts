import type { Claim, Cost, Tokens } from '../run/event.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import { acpActivity, chunkText, toolTitle } from './acp-activity.ts';
import type { AgentEvent, TranscriptReader } from './adapter.ts';
import { byStatus, type Ending, type Judgement, withoutResult } from './ending.ts';
import { amount, type Json, object, parseObject, string } from './json.ts';
import { type LastWords, lastWords } from './last-words.ts';
import { saysUsageLimit } from './limit.ts';
import { testRuns } from './test-runs.ts';
import { oneLine } from './text.ts';

interface AcpRecord {
  /** A session was made: the agent is there and speaks. */
  started: boolean;
  /** The last line of the client: `result` or `error`. */
  last: Json | null;
  tools: number;
}

/** Reads what the ACP client writes; unknown lines are passed over. `title`: the agent's name, for messages. */
export function createAcpReader({ workspace, title }: { workspace: string; title: string }): TranscriptReader {
  const seen: AcpRecord = { started: false, last: null, tools: 0 };
  const words = lastWords();
  const tests = testRuns();
  /** Calls that have not told yet what they run. */
  const untold = new Set<string>();
  const shown = new Set<string>();
  let tokens = NO_TOKENS;
  let cost: Cost = NO_COST;

  function update(value: Json): AgentEvent[] {
    if (value.sessionUpdate === 'agent_message_chunk') {
      words.say(`${chunkText(value)}\n`);
    } else if (value.sessionUpdate === 'tool_call' || value.sessionUpdate === 'tool_call_update') {
      return tool(value);
    } else if (value.sessionUpdate === 'usage_update') {
      cost = costOf(object(value.cost), cost);
      return cost.usd === null ? [] : [{ type: 'usage', tokens, cost }];
    }
    const got = acpActivity(value);
    return got === null ? [] : [{ type: 'activity', activity: got }];
  }

  /** Told when it begins, when somebody is asked, and in updates, in whichever order: it is one activity. */
  function tool(call: Json): AgentEvent[] {
    words.pause();
    const id = string(call.toolCallId) ?? '';
    if (showsCommand(call)) {
      tests.saw(toolTitle(call));
      untold.delete(id);
    } else if (!shown.has(id)) untold.add(id);
    if (shown.has(id)) return [];
    shown.add(id);
    seen.tools += 1;
    const summary = oneLine(toolTitle(call, workspace)) || 'tool';
    return [{ type: 'activity', activity: { kind: 'tool', summary } }];
  }

  return {
    line(text) {
      const event = parseObject(text);
      if (event === null) return [];
      switch (event.type) {
        case 'session': {
          seen.started = true;
          const id = string(event.id);
          const version = string(object(event.agent)?.version);
          return id ? [{ type: 'session', id, ...(version && { version }) }] : [];
        }
        case 'update':
          return update(object(event.update) ?? {});
        case 'permission':
          return tool(event);
        case 'result':
          seen.last = event;
          tokens = tokensOf(event);
          return [{ type: 'usage', tokens, cost }, { type: 'finished' }];
        case 'error':
          seen.last = event;
          return [{ type: 'finished' }];
        default:
          return [];
      }
    },
    verdict(exit, signal, stderr) {
      const claim = words.claim();
      if (untold.size > 0) tests.sawHidden();
      const { outcome, message } = judge({ ...seen, title }, { claim, words }, { exit, signal, stderr });
      return { outcome, message: oneLine(message, 400), claim, ...tests.of(claim), tokens, cost };
    },
  };
}

/** The protocol has no field for a command: where one is run, agents put it into the title or the raw input, or nowhere. */
function showsCommand({ kind, rawInput, title }: Json): boolean {
  if (RUNS_NOTHING.has(string(kind) ?? '')) return true;
  return string(object(rawInput)?.command) !== null || !SAYS_NOTHING.test(string(title) ?? '');
}

const RUNS_NOTHING = new Set(['read', 'edit', 'delete', 'move', 'search', 'fetch', 'think']);
const SAYS_NOTHING =
  /^(?:\W|\b(?:run|running|runs|execute|executing|a|the|shell|terminal|bash|command|script|tool)\b)*$/i;

/** Cumulative over a session, and every attempt is a session of its own. */
function costOf(cost: Json | null, before: Cost): Cost {
  const usd = cost?.currency === 'USD' ? amount(cost.amount) : null;
  return usd === null ? before : { usd: Math.max(usd, before.usd ?? 0), source: 'reported' };
}

/** Not part of the stable protocol: some agents give `usage`, Gemini CLI something of its own, others nothing. */
function tokensOf(result: Json): Tokens {
  const usage = object(result.usage);
  const quota = object(object(object(result._meta)?.quota)?.token_count);
  return {
    input: amount(usage?.inputTokens) ?? amount(quota?.input_tokens) ?? 0,
    output: amount(usage?.outputTokens) ?? amount(quota?.output_tokens) ?? 0,
    cacheRead: amount(usage?.cachedReadTokens) ?? 0,
    cacheWrite: amount(usage?.cachedWriteTokens) ?? 0,
  };
}

function judge(
  seen: AcpRecord & { title: string },
  { claim, words }: { claim: Claim | null; words: LastWords },
  ending: Ending,
): Judgement {
  const { title, last, started } = seen;
  if (last === null) return withoutResult({ title, started }, ending);
  if (last.type === 'error') return byError(last, seen);
  switch (last.stopReason) {
    case 'end_turn':
      // Some agents end a turn well although the account is empty, and say so in the chat (codex-acp, measured).
      if (seen.tools === 0 && saysUsageLimit(words.text()))
        return { outcome: 'rate-limited', message: words.text().trim() };
      return { outcome: 'success', message: claim?.summary || words.prose() || `${title} finished` };
    case 'cancelled':
      return { outcome: 'cancelled', message: `${title} was interrupted before it had finished` };
    case 'max_turn_requests':
      return { outcome: 'max-turns', message: `${title} made too many requests: make the task smaller` };
    default:
      return { outcome: 'agent-error', message: `${title} stopped with ${string(last.stopReason) ?? 'no reason'}` };
  }
}

/** Code -32000 is "authentication required"; else agents put the status of the API wherever they like. */
function byError(error: Json, { title, started }: { title: string; started: boolean }): Judgement {
  const said = string(error.message) ?? '';
  const text = `${said} ${JSON.stringify(error.data ?? null)}`.slice(0, 64 * 1024);
  const judgement = byWords(amount(error.code), error.code === -32000, text, title);
  if (judgement) return { ...judgement, message: `${judgement.message} ${title} said: ${said || 'nothing'}` };
  const outcome = started && error.code === null ? 'crashed' : 'agent-error';
  return { outcome, message: `${title} ${error.code === null ? said : `ended with an error: ${said}`}` };
}

function byWords(code: number | null, isAuth: boolean, text: string, title: string): Judgement | null {
  const login = `log in with ${title} itself, or name a way to log in with "auth"`;
  if (saysUsageLimit(text)) return { outcome: 'rate-limited', message: 'The account has reached its limit.' };
  const status = code !== null && code >= 400 && code < 600 ? code : statusIn(text);
  if (status !== null) return byStatus(status, login);
  if (isAuth || /\b(?:invalid|incorrect)\b.{0,20}\bapi.key|unauthori[sz]ed/i.test(text))
    return { outcome: 'auth', message: `${title} is not logged in: ${login}.` };
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|fetch failed|connection error|unable to connect/i.test(text)) {
    return { outcome: 'network', message: 'The API could not be reached.' };
  }
  return null;
}

function statusIn(text: string): number | null {
  const found = /\b(?:status|code|error)\W{0,20}(?:code\W{0,4})?(401|402|403|429|5\d\d)\b|\b(401|403|429|529)\b/i.exec(
    text,
  );
  return found ? Number(found[1] ?? found[2]) : null;
}
