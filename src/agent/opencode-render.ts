import { plainText } from '../util/plain-text.ts';
import { object, parseObject, string } from './json.ts';
import { oneLine, outputLines } from './text.ts';
import { toolSummary } from './tool-summary.ts';

/** A transcript line as text for a person: what was said, which tools ran and what they gave, and the end. */
export function renderOpencodeLine(line: string): string | null {
  const event = parseObject(line);
  if (event === null) return oneLine(line, 2000) || null;
  const part = object(event.part) ?? {};
  switch (event.type) {
    case 'text':
      return plainText(string(part.text) ?? '').trim() || null;
    case 'tool_use': {
      const state = object(part.state);
      const output = outputLines(string(state?.output) ?? '', state?.status === 'error');
      const call = `→ ${oneLine(toolSummary(part.tool, state?.input), 1000)}`;
      return output === null ? call : `${call}\n${output}`;
    }
    case 'step_finish':
      return part.reason === 'stop' ? '■ success' : null;
    case 'error': {
      const error = object(event.error);
      return oneLine(`■ error: ${string(object(error?.data)?.message) ?? string(error?.name) ?? ''}`, 1000);
    }
    default:
      return null;
  }
}
