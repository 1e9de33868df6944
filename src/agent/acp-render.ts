import { plainText } from '../util/plain-text.ts';
import { chunkText, toolTitle } from './acp-activity.ts';
import { type Json, list, object, parseObject, string } from './json.ts';
import { oneLine, outputLines } from './text.ts';

/** A line of the ACP client as text for a person: what was said, which tools ran and what they gave, and the end. */
export function renderAcpLine(line: string): string | null {
  const event = parseObject(line);
  if (event === null) return oneLine(line, 2000) || null;
  switch (event.type) {
    case 'session': {
      const agent = object(event.agent);
      return oneLine(
        `● session ${string(event.id) ?? '?'}, ${string(agent?.name) ?? 'agent'} ${string(agent?.version) ?? ''}`,
      );
    }
    case 'update':
      return renderUpdate(object(event.update) ?? {});
    case 'permission':
      return oneLine(`${event.allowed === true ? '✓ allowed' : '✗ not allowed'}: ${toolTitle(event)}`, 500);
    case 'result':
      return oneLine(`■ ${event.stopReason === 'end_turn' ? 'success' : (string(event.stopReason) ?? 'ended')}`);
    case 'error':
      return oneLine(`■ error: ${string(event.message) ?? ''}`, 1000);
    default:
      return null;
  }
}

function renderUpdate(update: Json): string | null {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      return plainText(chunkText(update)).trim() || null;
    case 'tool_call':
      return `→ ${oneLine(toolTitle(update), 1000)}`;
    case 'tool_call_update': {
      if (update.status !== 'completed' && update.status !== 'failed') return null;
      const texts = list(update.content).flatMap((each) => string(object(object(each)?.content)?.text) ?? []);
      return outputLines(texts.join('\n'), update.status === 'failed');
    }
    default:
      return null;
  }
}
