import type { Tokens } from '../run/event.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import type { AgentEvent, TranscriptReader } from './adapter.ts';
import { byStatus, type Ending, type Judgement, withoutResult } from './ending.ts';
import { amount, type Json, object, parseObject, string } from './json.ts';
import { lastWords } from './last-words.ts';
import { saysUsageLimit } from './limit.ts';
import { testRuns } from './test-runs.ts';
import { oneLine } from './text.ts';
import { toolSummary } from './tool-summary.ts';

const TITLE = 'Gemini CLI';
const LOGIN = 'run `gemini` once and log in, or set GEMINI_API_KEY';

/** Reads `--output-format stream-json` of Gemini CLI; unknown lines are passed over. */
export function createGeminiReader({ workspace }: { workspace: string }): TranscriptReader {
  const words = lastWords();
  const tests = testRuns();
  let started = false;
  let result: Json | null = null;
  let tokens = NO_TOKENS;

  /** An answer comes in pieces; the prompt is among the messages too. */
  function message(event: Json): AgentEvent[] {
    if (event.role !== 'assistant') return [];
    const text = string(event.content) ?? '';
    words.say(text);
    const summary = oneLine(text);
    return summary === '' ? [] : [{ type: 'activity', activity: { kind: 'text', summary } }];
  }

  return {
    line(text) {
      const event = parseObject(text);
      switch (event?.type) {
        case 'init': {
          started = true;
          const id = string(event.session_id);
          const model = string(event.model);
          return id ? [{ type: 'session', id, ...(model && { model }) }] : [];
        }
        case 'message':
          return message(event);
        case 'tool_use': {
          words.pause();
          const call = toolSummary(event.tool_name, event.parameters, workspace);
          tests.saw(call);
          const summary = oneLine(call);
          return [{ type: 'activity', activity: { kind: 'tool', summary: summary || 'tool' } }];
        }
        case 'result':
          result = event;
          tokens = tokensOf(object(event.stats) ?? {});
          return [{ type: 'usage', tokens, cost: NO_COST }, { type: 'finished' }];
        default:
          return [];
      }
    },
    verdict(exit, signal, stderr) {
      const claim = words.claim();
      const { outcome, message } =
        result?.status === 'success'
          ? ({ outcome: 'success', message: claim?.summary || words.prose() || `${TITLE} finished` } as const)
          : judge(result, started, { exit, signal, stderr });
      return { outcome, message: oneLine(message, 400), claim, ...tests.of(claim), tokens, cost: NO_COST };
    },
  };
}

function tokensOf(stats: Json): Tokens {
  const cacheRead = amount(stats.cached) ?? 0;
  const input = Math.max(0, (amount(stats.input_tokens) ?? 0) - cacheRead);
  return { input, output: amount(stats.output_tokens) ?? 0, cacheRead, cacheWrite: 0 };
}

function judge(result: Json | null, started: boolean, ending: Ending): Judgement {
  if (result !== null) return byMessage(string(object(result.error)?.message) ?? '');
  const { exit } = ending;
  if (exit === 41) return { outcome: 'auth', message: `${TITLE} is not logged in: ${LOGIN}.` };
  // It ends with the status of the API, of which a process keeps the last eight bits: 401 becomes 145.
  if (exit !== null && exit >= 144) return byStatus(exit + 256, LOGIN);
  return withoutResult({ title: TITLE, started }, ending);
}

function byMessage(said: string): Judgement {
  const judgement = byWords(said);
  return { ...judgement, message: `${judgement.message} ${TITLE} said: ${said || 'nothing'}` };
}

function byWords(said: string): Judgement {
  if (saysUsageLimit(said)) return { outcome: 'rate-limited', message: 'The account has reached its limit.' };
  const status = /"?(?:code|status)"?\s*:\s*(\d{3})\b/.exec(said)?.[1];
  if (status !== undefined) return byStatus(Number(status), LOGIN);
  if (/fetch failed|ECONNREFUSED|ENOTFOUND|ETIMEDOUT/.test(said)) {
    return { outcome: 'network', message: 'The API could not be reached.' };
  }
  return { outcome: 'agent-error', message: `${TITLE} ended with an error.` };
}
