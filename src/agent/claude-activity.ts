import { relative, sep } from 'node:path';
import type { Activity } from '../run/event.ts';
import { amount, type Json, list, object, string } from './json.ts';
import { oneLine } from './text.ts';

/** What the content blocks of an `assistant` event show its agent doing; paths are relative to the workspace. */
export function activitiesOf(event: Json, workspace: string): Activity[] {
  const who = event.parent_tool_use_id == null ? '' : `${string(event.subagent_type) ?? 'subagent'}: `;
  return list(object(event.message)?.content).flatMap((value): Activity[] => {
    const block = object(value);
    if (block?.type === 'text') {
      const text = oneLine(string(block.text) ?? '');
      return text === '' ? [] : [{ kind: 'text', summary: oneLine(who + text) }];
    }
    if (block?.type !== 'tool_use') return [];
    return [{ kind: 'tool', summary: oneLine(who + toolSummary(block, workspace)) || 'tool' }];
  });
}

/** `Write src/a.ts`, `Bash npm test`: a tool and the one argument that tells most. */
export function toolSummary(block: Json, workspace?: string): string {
  const name = string(block.name) ?? 'tool';
  const input = object(block.input) ?? {};
  const file = string(input.file_path) ?? string(input.notebook_path);
  if (file !== null) return `${name} ${within(file, workspace)}`;
  if (string(input.command) !== null) return `${name} ${shortened(string(input.command)!, workspace)}`;
  const role = string(input.subagent_type);
  const detail = ['pattern', 'path', 'url', 'query', 'skill', 'description', 'prompt', 'name', 'summary']
    .map((key) => string(input[key]))
    .find((value) => value !== null && value !== '');
  return [name, role, detail].filter(Boolean).join(' ');
}

/** `retry 2/10 after 529`: why nothing is happening. */
export function retrySummary(event: Json): string {
  const status = amount(event.error_status);
  const cause = status === null ? 'no answer from the API' : String(status);
  return `retry ${amount(event.attempt) ?? '?'}/${amount(event.max_retries) ?? '?'} after ${cause}`;
}

function within(file: string, workspace: string | undefined): string {
  if (workspace === undefined) return file;
  const path = relative(workspace, file);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || !file.startsWith('/') ? file : path;
}

function shortened(command: string, workspace: string | undefined): string {
  return workspace === undefined ? command : command.slice(0, 4000).replaceAll(`${workspace}/`, '');
}
