import type { Activity } from '../run/event.ts';
import { type Json, list, object, string } from './json.ts';
import { oneLine } from './text.ts';

/** What an item shows its agent doing; null for bookkeeping such as warnings and to-do lists. */
export function codexActivity(item: Json, workspace?: string): Activity | null {
  switch (item.type) {
    case 'agent_message':
    case 'reasoning':
      return activity('text', string(item.text) ?? '');
    case 'command_execution':
      return activity('tool', `Bash ${commandOf(item, workspace)}`);
    case 'file_change':
      return activity('tool', `Edit ${changedFiles(item, workspace).join(', ')}`);
    case 'mcp_tool_call':
      return activity('tool', [item.server, item.tool].filter((part) => typeof part === 'string').join(' ') || 'tool');
    case 'web_search':
      return activity('tool', `WebSearch ${string(item.query) ?? ''}`);
    default:
      return null;
  }
}

/** `/bin/bash -lc 'npm test'` → `npm test`. */
export function commandOf(item: Json, workspace?: string): string {
  const command = (string(item.command) ?? '').slice(0, 4000);
  const inner = /^\S*sh -l?c (['"])(.*)\1$/s.exec(command)?.[2] ?? command;
  return workspace === undefined ? inner : inner.replaceAll(`${workspace}/`, '');
}

export function changedFiles(item: Json, workspace?: string): string[] {
  const paths = list(item.changes).flatMap((change) => string(object(change)?.path) ?? []);
  return paths.map((path) =>
    workspace !== undefined && path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : path,
  );
}

function activity(kind: Activity['kind'], text: string): Activity | null {
  const summary = oneLine(text);
  return summary === '' ? null : { kind, summary };
}
