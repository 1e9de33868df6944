import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Problem, type ProblemCode } from '../core/problem.ts';
import { match, type Reply, type Route } from './route.ts';

const STATUS: Record<ProblemCode, number> = { invalid: 400, 'not-found': 404, conflict: 409 };
const MAX_BODY = 64 * 1024;

/** An HTTP server over these routes: JSON in, JSON out. It listens when told to. */
export function createApiServer(routes: Route[]): Server {
  return createServer(async (request, response) => {
    const { status, body } = await reply(routes, request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  });
}

async function reply(routes: Route[], request: IncomingMessage): Promise<Reply> {
  try {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    for (const route of routes) {
      const params = route.method === request.method ? match(route.path, pathname) : null;
      if (params) return route.answer({ params, body: await readJson(request) });
    }
    throw new Problem('not-found', `nothing answers ${request.method} ${pathname}`);
  } catch (error) {
    if (error instanceof Problem) return failure(STATUS[error.code], error.code, error.message);
    return failure(500, 'internal', 'the service failed');
  }
}

const failure = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BODY) throw new Problem('invalid', 'the body is too long');
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid', 'the body is not JSON');
  }
}
