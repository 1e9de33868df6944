import { type Endpoint, type Segments, segmentsOf } from '../endpoints/endpoint.ts';
import type { Operation } from './operations.ts';

/** Which endpoints stand for which operations. */
export interface Match {
  /** The endpoint of each operation that has one. */
  found: Map<Operation, Endpoint>;
  /** Operations that no endpoint answers to. */
  missing: Operation[];
  /** Endpoints that no operation describes. */
  extra: Endpoint[];
  /** At the path of an operation, with whatever method. */
  at(operation: Operation): Endpoint[];
}

/** Answered by frameworks themselves where there is a GET, or by what stands before the application. */
const IMPLIED = new Set(['HEAD', 'OPTIONS', 'TRACE']);

/**
 * Finds the endpoint of each operation. Where no path of the document is in the code as it stands, there may be a prefix that
 * neither tells of each other: the one that most operations agree with.
 */
export function matchEndpoints(operations: readonly Operation[], endpoints: readonly Endpoint[]): Match {
  const direct = matchUnder(operations, endpoints, '');
  if (direct.found.size > 0) return direct;
  const tries = prefixesOf(operations, endpoints).map((prefix) => matchUnder(operations, endpoints, prefix));
  return tries.reduce((best, each) => (each.found.size > best.found.size ? each : best), direct);
}

function matchUnder(operations: readonly Operation[], endpoints: readonly Endpoint[], prefix: string): Match {
  const byPath = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const key = keyOf(segmentsOf(endpoint.path));
    byPath.set(key, [...(byPath.get(key) ?? []), endpoint]);
  }
  const pathsOf = ({ path, bases }: Operation) =>
    [...new Set([...bases.map((base) => base + path), path])].map((each) => segmentsOf(prefix + each));
  const at = (operation: Operation) => {
    const there = pathsOf(operation).flatMap((segments) => byPath.get(keyOf(segments)) ?? []);
    return there.sort((a, b) => Number(b.path.endsWith(operation.path)) - Number(a.path.endsWith(operation.path)));
  };
  const elsewhere = endpoints.filter((endpoint) => endpoint.loose || isCatchAll(endpoint));

  const found = new Map<Operation, Endpoint>();
  const used = new Set<Endpoint>();
  for (const operation of operations) {
    const same = at(operation).filter((endpoint) => answers(endpoint, operation));
    const paths = pathsOf(operation);
    const maybe = same[0] ?? elsewhere.find((each) => answers(each, operation) && mayBe(each, paths));
    if (maybe) found.set(operation, maybe);
    for (const endpoint of [...same, ...(maybe ? [maybe] : [])]) used.add(endpoint);
  }
  return {
    found,
    missing: operations.filter((each) => !found.has(each) && !IMPLIED.has(each.method)),
    extra: endpoints.filter((each) => !used.has(each) && !isCatchAll(each) && !IMPLIED.has(each.method)),
    at,
  };
}

export function keyOf(segments: Segments): string {
  return segments.join('/');
}

function answers({ method }: Endpoint, operation: Operation): boolean {
  return method === 'ANY' || method === operation.method;
}

/** Hands everything below a path on, to a proxy or to other code. One for all paths is mostly a page for browsers. */
function isCatchAll({ path }: Endpoint): boolean {
  return segmentsOf(path).at(-1) === '{*}';
}

function mayBe(endpoint: Endpoint, paths: readonly Segments[]): boolean {
  const segments = segmentsOf(endpoint.path);
  if (isCatchAll(endpoint)) {
    const before = segments.slice(0, -1);
    return before.length > 0 && paths.some((path) => before.every((part, at) => path[at] === part));
  }
  if (segments.some((part) => !part.startsWith('{'))) return paths.some((path) => endsWith(path, segments));
  // Only parameters, or nothing: the name of its file must say what it is about.
  return paths.some((path) => endsWith(path, segments) && isNamedIn(path.at(-1 - segments.length), endpoint.file));
}

function endsWith(path: Segments, end: Segments): boolean {
  return end.length <= path.length && end.every((part, at) => path[path.length - end.length + at] === part);
}

/** `users` in `src/routes/user.router.ts`. */
function isNamedIn(segment: string | undefined, file: string): boolean {
  if (!segment || segment.startsWith('{')) return false;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const stem = plain(segment).replace(/(?:ies|es|s)$/, '');
  return stem !== '' && plain(file).includes(stem);
}

/** What stands before the path of some operation in some endpoint. */
function prefixesOf(operations: readonly Operation[], endpoints: readonly Endpoint[]): string[] {
  const prefixes = new Set<string>();
  for (const operation of operations) {
    const end = segmentsOf(operation.path);
    if (end.length === 0) continue;
    for (const endpoint of endpoints) {
      const path = segmentsOf(endpoint.path);
      const before = path.slice(0, path.length - end.length);
      if (path.length > end.length && endsWith(path, end) && !before.some((part) => part.startsWith('{'))) {
        prefixes.add(`/${before.join('/')}`);
      }
    }
  }
  return [...prefixes].slice(0, 20);
}
