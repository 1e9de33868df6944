import { isRecord } from '../record.ts';
import type { ApiDiff } from './vendor.ts';
import type { OperationView } from './view.ts';

/** One difference between what a contract says of an operation and what the code says of itself. */
export interface Difference {
  level: 'error' | 'warning';
  /** Of the operation: `['responses', '200', 'content', …]`. */
  path: (string | number)[];
  message: string;
}

/** Whether a difference breaks who relies on the contract; null when it does not matter. */
export function judgeDiff(diff: ApiDiff, before: OperationView): Difference | null {
  const [part] = diff.path;
  if (part === 'parameters') return judgeParameter(diff);
  if (part === 'requestBody') return judgeSchema(diff, 'request');
  if (part !== 'responses') return null;
  return diff.path.length === 2 ? judgeResponse(diff) : judgeSchema(diff, 'response', before);
}

/** Frameworks tell of the answer when all goes well; of the others, few do. */
function judgeResponse({ action, path }: ApiDiff): Difference | null {
  const code = String(path[1]);
  if (action !== 'remove') return null;
  const isSuccess = code.startsWith('2');
  return { level: isSuccess ? 'error' : 'warning', path, message: `the code does not tell of a response ${code}` };
}

function judgeParameter(diff: ApiDiff): Difference | null {
  const { action, path, before, after } = diff;
  const whole = path.length === 2;
  if (!whole) return judgeSchema(diff, 'request');
  const parameter = action === 'remove' ? before : after;
  if (!isRecord(parameter)) return null;
  const name = `${parameter.in} parameter ${parameter.name}`;
  if (action === 'remove') {
    // Frameworks read headers and cookies without telling of it.
    const level = parameter.in === 'header' || parameter.in === 'cookie' ? 'warning' : 'error';
    return { level, path, message: `the code has no ${name}` };
  }
  if (action !== 'add' || parameter.required !== true) return null;
  return {
    level: 'error',
    path: ['parameters'],
    message: `the code demands a ${name}, which the contract does not have`,
  };
}

function judgeSchema(diff: ApiDiff, side: 'request' | 'response', view?: OperationView): Difference | null {
  const { action, path, type } = diff;
  const last = path.at(-1);
  const before = path.at(-2);
  const owner = before === 'properties' ? path.slice(0, -2) : path;
  const told = (level: Difference['level'], message: string): Difference => ({
    level,
    path,
    message: `${placeIn(owner)}${message}`,
  });
  if (before === 'content') {
    return action === 'remove' ? told('error', `the code does not tell of ${String(last)}`) : null;
  }
  if (before === 'properties' && action === 'remove') {
    const isPromised = side === 'response' && view !== undefined && isRequired(view, path);
    return told(isPromised ? 'error' : 'warning', `the code has no property ${String(last)}`);
  }
  if (before === 'required') return judgeRequired(diff, side, told);
  if (last === 'required' && path.length === 2)
    return action === 'add' || diff.after === true ? told('warning', 'the code demands a body') : null;
  if (last === 'nullable') {
    const isNullable = diff.after === true;
    if (side === 'response') return isNullable ? told('error', 'null in the code, never null in the contract') : null;
    return isNullable ? null : told('error', 'never null in the code, or null in the contract');
  }
  if (last === 'type') return judgeType(diff, side, told);
  if (last === 'format')
    return told('warning', `format ${shown(diff.after)} in the code, ${shown(diff.before)} in the contract`);
  return type === 'breaking'
    ? told('error', `${what(path)} ${shown(diff.after)} in the code, ${shown(diff.before)} in the contract`)
    : null;
}

type Told = (level: Difference['level'], message: string) => Difference;

function judgeRequired(
  { action, before, after }: ApiDiff,
  side: 'request' | 'response',
  told: Told,
): Difference | null {
  if (side === 'request') {
    return action === 'add' ? told('error', `the code demands ${String(after)}, the contract does not`) : null;
  }
  return action === 'remove'
    ? told('error', `${String(before)} may be absent in the code, never in the contract`)
    : null;
}

/** A whole number is a number; whoever gets one where numbers are promised is content. */
function judgeType({ before, after }: ApiDiff, side: 'request' | 'response', told: Told): Difference | null {
  const [wide, narrow] = side === 'response' ? [before, after] : [after, before];
  if (wide === 'number' && narrow === 'integer') return null;
  if (wide === undefined) return null;
  return told('error', `${shown(after)} in the code, ${shown(before)} in the contract`);
}

function isRequired(view: OperationView, path: readonly (string | number)[]): boolean {
  const owner = path
    .slice(0, -2)
    .reduce<unknown>(
      (at, part) => (isRecord(at) || Array.isArray(at) ? (at as Record<string, unknown>)[part] : undefined),
      view,
    );
  return isRecord(owner) && Array.isArray(owner.required) && owner.required.includes(path.at(-1));
}

/** `response 200: items.age: ` */
function placeIn(path: readonly (string | number)[]): string {
  const schema = path.indexOf('schema');
  const [part, code] = path;
  const where = part === 'responses' ? `response ${code}` : part === 'requestBody' ? 'request body' : '';
  const names = schema < 0 ? [] : path.slice(schema + 1).flatMap((each, at, all) => partOf(each, all[at - 1]));
  return [where, names.join('').replace(/^\./, '')]
    .filter((each) => each !== '')
    .map((each) => `${each}: `)
    .join('');
}

function partOf(part: string | number, before: string | number | undefined): string[] {
  if (before === 'properties') return [`.${part}`];
  return part === 'items' ? ['[]'] : [];
}

/** The rule that differs: `enum`, `maxLength`. */
function what(path: readonly (string | number)[]): string {
  return String(path.findLast((part) => typeof part === 'string' && !/^\d+$/.test(part)) ?? '');
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
