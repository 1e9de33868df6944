import { plainText } from '../util/plain-text.ts';
import { amount, object, parseObject, string } from './json.ts';
import { oneLine, outputLines } from './text.ts';
import { toolSummary } from './tool-summary.ts';

/** A transcript line as text for a person: what was said, which tools ran and what they gave, and the end. */
export function renderGeminiLine(line: string): string | null {
  const event = parseObject(line);
  if (event === null) return oneLine(line, 2000) || null;
  switch (event.type) {
    case 'init':
      return oneLine(`● session ${string(event.session_id) ?? '?'}, ${string(event.model) ?? '?'}, Gemini CLI`);
    case 'message':
      return event.role === 'assistant' ? plainText(string(event.content) ?? '').trim() || null : null;
    case 'tool_use':
      return `→ ${oneLine(toolSummary(event.tool_name, event.parameters), 1000)}`;
    case 'tool_result':
      return outputLines(string(event.output) ?? '', event.status !== 'success');
    case 'result': {
      const stats = object(event.stats);
      const said = string(object(event.error)?.message);
      if (event.status !== 'success') return oneLine(`■ error: ${said ?? ''}`, 1000);
      return `■ success, ${amount(stats?.input_tokens) ?? '?'} tokens in, ${amount(stats?.output_tokens) ?? '?'} out`;
    }
    default:
      return null;
  }
}
