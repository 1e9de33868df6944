import type { Permissions } from './acp-options.ts';
import { type Json, list, object, string } from './json.ts';

/** Kinds of tools that change no file by themselves; what a command changes, nobody can tell before. */
const HARMLESS = new Set(['read', 'search', 'think', 'fetch', 'execute', 'switch_mode']);

/** Whether a tool call that an agent asks about may go on. `isInside`: is this path in the workspace? */
export function isAllowed(policy: Permissions, call: Json, isInside: (path: string) => boolean): boolean {
  if (policy !== 'workspace') return policy === 'all';
  return HARMLESS.has(string(call.kind) ?? 'other') || pathsOf(call).every(isInside);
}

/** The option to answer with: for once rather than for ever, so that each call is judged; null when none fits. */
export function optionFor(allowed: boolean, options: readonly unknown[]): string | null {
  const kinds = allowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always'];
  const found = kinds.map((kind) => options.map(object).find((option) => option?.kind === kind)).find(Boolean);
  return string(found?.optionId);
}

/** All paths that a call names, in its locations, its diffs and its input. */
function pathsOf(call: Json): string[] {
  const input = object(call.rawInput) ?? {};
  const named = ['path', 'file_path', 'filePath', 'abs_path', 'notebook_path'].map((key) => string(input[key]));
  const located = [...list(call.locations), ...list(call.content)].map((each) => string(object(each)?.path));
  return [...named, ...located].filter((path) => path !== null);
}
