import { plainText } from '../util/plain-text.ts';
import { changedFiles, codexActivity, commandOf } from './codex-activity.ts';
import { amount, type Json, object, parseObject, string } from './json.ts';
import { oneLine, outputLines } from './text.ts';

/** A transcript line as text for a person: what was said, which commands ran and what they gave, and the end. */
export function renderCodexLine(line: string): string | null {
  const event = parseObject(line);
  if (event === null) return oneLine(line, 2000) || null;
  switch (event.type) {
    case 'thread.started':
      return oneLine(`● thread ${string(event.thread_id) ?? '?'}, Codex`);
    case 'item.started':
      return started(object(event.item) ?? {});
    case 'item.completed':
      return completed(object(event.item) ?? {});
    case 'error':
      return oneLine(`… ${string(event.message) ?? 'error'}`, 1000);
    case 'turn.completed': {
      const usage = object(event.usage);
      return `■ success, ${amount(usage?.input_tokens) ?? '?'} tokens in, ${amount(usage?.output_tokens) ?? '?'} out`;
    }
    case 'turn.failed':
      return oneLine(`■ error: ${string(object(event.error)?.message) ?? ''}`, 1000);
    default:
      return null;
  }
}

function started(item: Json): string | null {
  return item.type === 'command_execution' ? `→ Bash ${oneLine(commandOf(item), 1000)}` : null;
}

function completed(item: Json): string | null {
  switch (item.type) {
    case 'agent_message':
    case 'reasoning':
      return plainText(string(item.text) ?? '').trim() || null;
    case 'command_execution':
      return outputLines(string(item.aggregated_output) ?? '', item.exit_code !== 0);
    case 'file_change':
      return `→ Edit ${oneLine(changedFiles(item).join(', '), 1000)}`;
    case 'error':
      return oneLine(`· ${string(item.message) ?? ''}`, 500);
    default: {
      const activity = codexActivity(item);
      return activity && `→ ${activity.summary}`;
    }
  }
}
