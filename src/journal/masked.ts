import type { RunEvent } from '../run/event.ts';

/** Names, ids and places: a run could not go on when these were not as they are. */
const EXACT = new Set([
  'type',
  'run',
  'task',
  'tasks',
  'id',
  'deps',
  'plan',
  'planDir',
  'branch',
  'workspace',
  'session',
  'base',
  'head',
  'commit',
  'onto',
  'tip',
  'integrationRef',
  'target',
  'pidStart',
  'code',
  'path',
]);

/** The event without secrets in its free texts. */
export function maskedEvent(event: RunEvent, mask: (text: string) => string): RunEvent {
  return withoutSecrets(event, mask) as RunEvent;
}

function withoutSecrets(value: unknown, mask: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return EXACT.has(key) ? value : mask(value);
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, mask, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutSecrets(each, mask, name)]));
}
