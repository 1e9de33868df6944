import { isRecord } from '../record.ts';
import type { ApiDocument } from './document.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** One thing that a document says can be asked for. */
export interface Operation {
  /** `GET` */
  method: string;
  /** As written: `/users/{id}`. */
  path: string;
  /** What may stand before the path, by its servers: `['/api/v1']`; `['']` when they say nothing. */
  bases: string[];
  line: number;
}

/** All operations of a document, in its order. */
export function operationsOf({ value, lineOf }: ApiDocument): Operation[] {
  const root = basesOf(value) ?? [''];
  return recordsOf(value.paths).flatMap(([path, item]) => {
    const shared = basesOf(item) ?? root;
    return METHODS.filter((method) => isRecord(item[method])).map((method) => ({
      method: method.toUpperCase(),
      path,
      bases: basesOf(item[method] as Record<string, unknown>) ?? shared,
      line: lineOf(['paths', path, method]),
    }));
  });
}

function recordsOf(value: unknown): [string, Record<string, unknown>][] {
  if (!isRecord(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1]));
}

/** Null when nothing is said. Swagger 2 calls it `basePath`. */
function basesOf(at: Record<string, unknown>): string[] | null {
  if (typeof at.basePath === 'string') return [trimmed(at.basePath)];
  if (!Array.isArray(at.servers) || at.servers.length === 0) return null;
  return [...new Set(at.servers.filter(isRecord).map(baseOf))];
}

/** The path of a server's URL, its variables at their defaults. */
function baseOf({ url, variables }: Record<string, unknown>): string {
  if (typeof url !== 'string') return '';
  const filled = url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = isRecord(variables) ? variables[name] : undefined;
    return isRecord(variable) && variable.default !== undefined ? String(variable.default) : whole;
  });
  return trimmed(filled.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, ''));
}

function trimmed(path: string): string {
  const bare = path.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}
