export type Framework =
  | 'express'
  | 'fastify'
  | 'hono'
  | 'nestjs'
  | 'nextjs'
  | 'fastapi'
  | 'flask'
  | 'django'
  | 'go'
  | 'emitted';

/** What an implementation answers to, read off its source. */
export interface Endpoint {
  /** `GET`; `ANY` answers to all. */
  method: string;
  /** With `{name}` for a parameter and `{*name}` for the rest of a path: `/users/{id}`. */
  path: string;
  framework: Framework;
  file: string;
  /** From 1. */
  line: number;
  /** Nothing tells where its router is mounted: there may be more before this path. */
  loose?: true;
}

/** One piece of a route: a parameter is `{}`, the rest of a path is `{*}`; names do not count. */
export type Segments = readonly string[];

/** `/users/{id}/` → `['users', '{}']`. */
export function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replace(/\{\*[^{}]*\}/g, '{*}').replace(/\{[^{}*]*\}/g, '{}'));
}

/** Names of the parameters in a route, in their order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{([^{}*]+)\}/g)].map((match) => match[1]!);
}

/** `/api` and `users/` are `/api/users`. */
export function joinPaths(...parts: readonly string[]): string {
  const pieces = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${pieces.join('/')}`;
}
