import type { Route } from './http/route.ts';

/** Every route of the service, over data of its own. */
export function createRoutes(): Route[] {
  return [{ method: 'GET', path: '/health', answer: () => ({ status: 200, body: { ok: true } }) }];
}
