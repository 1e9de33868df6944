import type { Claim, ScopeRequest } from './event.ts';

const KEY = '"task_completed"';

/** Characters that may be looked at in all, so that hostile output costs a moment and not a minute. */
const BUDGET = 8_000_000;
/** Objects that may enclose the key, and places of the key, that are tried. */
const MAX_OPENINGS = 200;
const MAX_KEYS = 200;

/** A claim goes into the journal: longer texts are cut, longer lists end. */
const MAX_TEXT = 8_000;
const MAX_FILES = 1_000;
const MAX_PATH = 4_096;
const MAX_REQUESTS = 20;
const MAX_REASON = 500;

const [FLAG, COUNT, TEXT] = [{ type: 'boolean' }, { type: 'integer', minimum: 0 }, { type: 'string' }];
const PATHS = { type: 'array', items: { type: 'string' } };
const REQUESTS = {
  type: 'array',
  items: { type: 'object', properties: { path: TEXT, reason: TEXT }, required: ['path'] },
};

/** What a claim looks like, for agents that can be held to a JSON schema; little is demanded, since work is not lost for a form. */
export const CLAIM_SCHEMA = {
  type: 'object',
  properties: {
    task_completed: FLAG,
    validation_passed: FLAG,
    files_created: PATHS,
    files_modified: PATHS,
    tests_run: COUNT,
    tests_passed: COUNT,
    tests_failed: COUNT,
    summary: TEXT,
    full_log: TEXT,
    scope_request: REQUESTS,
    error_message: { type: ['string', 'null'] },
  } satisfies Record<keyof Claim, object>,
  required: ['task_completed', 'summary'],
};

/**
 * The last JSON object with a `task_completed` in an agent's text, fenced or in the middle of prose; null when there is none.
 * Fields of a wrong type are dropped, long ones cut. Time is bounded whatever the text.
 */
export function extractClaim(text: string): Claim | null {
  const budget = { left: BUDGET };
  let at = text.lastIndexOf(KEY);
  for (let tried = 0; at >= 0 && tried < MAX_KEYS && budget.left > 0; tried++) {
    const object = enclosingObject(text, at, budget);
    if (object) return claimFrom(object);
    at = at === 0 ? -1 : text.lastIndexOf(KEY, at - 1);
  }
  return null;
}

/** The innermost object around `key` that parses and has the key as its own. */
function enclosingObject(text: string, key: number, budget: { left: number }): Record<string, unknown> | null {
  let open = key;
  for (let tried = 0; tried < MAX_OPENINGS && budget.left > 0; tried++) {
    open = open === 0 ? -1 : text.lastIndexOf('{', open - 1);
    if (open < 0) return null;
    const end = objectEnd(text, open, budget);
    if (end <= key) continue; // an object that closed before the key, or never closes
    budget.left -= end - open;
    const object = parseObject(text.slice(open, end));
    if (object && Object.hasOwn(object, 'task_completed')) return object;
  }
  return null;
}

/** The index after the `}` that closes the object at `open`; -1 when it does not close. */
function objectEnd(text: string, open: number, budget: { left: number }): number {
  let depth = 0;
  let inString = false;
  for (let i = open; i < text.length && budget.left > 0; i++) {
    budget.left--;
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
      else if (char === '\n') return -1; // no JSON string goes over a line: this was prose
    } else if (char === '"') inString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i + 1;
  }
  return -1;
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The claim in an object that an agent gave as one; see above for its fields. */
export function claimFrom(object: Readonly<Record<string, unknown>>): Claim {
  const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
  const count = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined);
  const fields: { [Key in keyof Claim]-?: Claim[Key] | undefined } = {
    task_completed: flag(object.task_completed),
    validation_passed: flag(object.validation_passed),
    files_created: paths(object.files_created),
    files_modified: paths(object.files_modified),
    tests_run: count(object.tests_run),
    tests_passed: count(object.tests_passed),
    tests_failed: count(object.tests_failed),
    summary: text(object.summary),
    full_log: text(object.full_log),
    scope_request: requests(object.scope_request),
    error_message: object.error_message === null ? null : text(object.error_message),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function paths(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) return undefined;
  return value.slice(0, MAX_FILES).map((each: string) => each.slice(0, MAX_PATH));
}

/** `[{path, reason}]`, or only paths; what names no path is dropped, and so is an empty list. */
function requests(value: unknown): ScopeRequest[] | undefined {
  const list = (Array.isArray(value) ? value : [value]).slice(0, MAX_REQUESTS);
  const found = list.flatMap((each: unknown) => {
    const { path, reason } =
      typeof each === 'object' && each !== null ? (each as Record<string, unknown>) : { path: each };
    if (typeof path !== 'string' || path.trim() === '') return [];
    return [
      { path: path.trim().slice(0, MAX_PATH), reason: typeof reason === 'string' ? reason.slice(0, MAX_REASON) : '' },
    ];
  });
  return found.length > 0 ? found : undefined;
}
