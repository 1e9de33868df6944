import type { Activity } from '../run/event.ts';
import { type Json, object, string } from './json.ts';
import { oneLine } from './text.ts';

/** What a session update shows its agent doing; null for tools, which are told more than once, and for plans, modes and the like. */
export function acpActivity(update: Json): Activity | null {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
    case 'agent_thought_chunk':
      return activity('text', chunkText(update));
    default:
      return null;
  }
}

export function chunkText(update: Json): string {
  return string(object(update.content)?.text) ?? '';
}

/** As the agent words it, without the folder that everything is in. */
export function toolTitle(call: Json, workspace?: string): string {
  const title = (string(call.title) || string(call.kind) || 'tool').slice(0, 4000);
  const command = string(object(call.rawInput)?.command);
  const told = command === null || title.includes(command.slice(0, 40)) ? title : `${title} ${command.slice(0, 4000)}`;
  return workspace === undefined ? told : told.replaceAll(`${workspace}/`, '');
}

function activity(kind: Activity['kind'], text: string): Activity | null {
  const summary = oneLine(text);
  return summary === '' ? null : { kind, summary };
}
