import { plainText } from '../util/plain-text.ts';
import { retrySummary, toolSummary } from './claude-activity.ts';
import { amount, type Json, list, object, parseObject, string } from './json.ts';
import { oneLine, outputLines } from './text.ts';

/** A transcript line as text for a person: what was said, which tools ran and what they gave, retries and the end. */
export function renderClaudeLine(line: string): string | null {
  const event = parseObject(line);
  if (event === null) return oneLine(line, 2000) || null;
  switch (event.type) {
    case 'assistant':
      return joined(list(object(event.message)?.content).map((block) => said(object(block))));
    case 'user':
      return joined(list(object(event.message)?.content).map((block) => given(object(block))));
    case 'system':
      return system(event);
    case 'result':
      return ended(event);
    default:
      return null;
  }
}

function said(block: Json | null): string | null {
  if (block?.type === 'text') return plainText(string(block.text) ?? '').trim() || null;
  if (block?.type === 'tool_use') return `→ ${oneLine(toolSummary(block), 1000)}`;
  return null;
}

function given(block: Json | null): string | null {
  if (block?.type !== 'tool_result') return null;
  const content = string(block.content) ?? joined(list(block.content).map((part) => string(object(part)?.text))) ?? '';
  return outputLines(content, block.is_error === true);
}

function system(event: Json): string | null {
  switch (event.subtype) {
    case 'init':
      return oneLine(
        `● session ${string(event.session_id) ?? '?'}, ${string(event.model) ?? '?'}, Claude Code ${string(event.claude_code_version) ?? '?'}`,
      );
    case 'api_retry': {
      const delay = amount(event.retry_delay_ms);
      return oneLine(`… ${retrySummary(event)}${delay === null ? '' : `, in ${seconds(delay)}`}`);
    }
    case 'permission_denied':
      return oneLine(`✗ ${string(event.tool_name) ?? 'tool'} denied: ${string(event.message) ?? ''}`, 500);
    default:
      return null;
  }
}

function ended(result: Json): string {
  const ok = result.subtype === 'success' && result.is_error !== true;
  const cost = amount(result.total_cost_usd);
  const errors = list(result.errors).map(string).filter(Boolean);
  const why = ok ? '' : errors.join('; ') || string(result.result) || '';
  const parts = [
    ok ? 'success' : result.subtype === 'success' ? 'error' : string(result.subtype),
    `${amount(result.num_turns) ?? '?'} turns`,
    seconds(amount(result.duration_ms) ?? 0),
    ...(cost === null ? [] : [`$${Math.round(cost * 1e4) / 1e4}`]),
  ];
  return oneLine(`■ ${parts.join(', ')}${why && `: ${why}`}`, 1000);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function joined(parts: (string | null)[]): string | null {
  return parts.filter((part) => part !== null && part !== '').join('\n') || null;
}
