import { Problem } from '../core/problem.ts';

/** The body of a call as an object whose fields the modules check. Throws `invalid`. */
export function fields<T>(body: unknown): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('invalid', 'the body is a JSON object');
  }
  return body as T;
}
