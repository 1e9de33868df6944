import { type Json, object, string } from './json.ts';

const CHUNKS = new Set(['agent_message_chunk', 'agent_thought_chunk']);

/**
 * Writes session updates as they come, but text by the line: agents send it by the word, and a transcript of words is no
 * reading. `flush` writes what is left of a line.
 */
export function acpTranscript(write: (line: object) => void) {
  let held: { update: Json; text: string } | null = null;

  function flush(): void {
    if (held !== null && held.text !== '') emit(held.update, held.text);
    held = null;
  }

  function emit(update: Json, text: string): void {
    write({ type: 'update', update: { ...update, content: { type: 'text', text } } });
  }

  return {
    update(update: Json): void {
      if (update.sessionUpdate === 'available_commands_update') return; // a manual, kilobytes of it
      const content = object(update.content);
      const isText = CHUNKS.has(string(update.sessionUpdate) ?? '') && content?.type === 'text';
      if (!isText) {
        flush();
        return write({ type: 'update', update });
      }
      if (held?.update.sessionUpdate !== update.sessionUpdate) flush();
      const text = (held?.text ?? '') + (string(content.text) ?? '');
      const end = text.lastIndexOf('\n');
      if (end > 0) emit(update, text.slice(0, end));
      held = { update, text: text.slice(end + 1) };
    },
    flush,
  };
}
