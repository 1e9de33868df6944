import { describe, expect, it } from 'vitest';
import { endpointsOf } from '../../../../test/rig/endpoints.ts';

describe('Express', () => {
  it('follows routers in a file, across files, and through functions', async () => {
    const found = await endpointsOf({
      'src/app.ts': `import express from 'express';
import usersRouter from './routes/users';
import { orders as ordersRouter } from './routes';
import { createAdmin } from './routes/admin.js';
import { registerHealth } from './health';
import { auth } from './auth';

const API = '/api';
const app = express();
app.use(express.json());
app.get('trust proxy');
app.use(\`\${API}/users\`, auth, usersRouter);
app.use(API + '/orders', ordersRouter);
app.use('/admin', createAdmin());
registerHealth(app);
app.get('*', (req, res) => res.sendFile('index.html'));
export default app;
`,
      'src/routes/users.ts': `import { Router } from 'express';
import * as users from '../controllers/users';
const router = Router();
router.get('/', users.list);
router.route('/:id').get(users.one).put(auth, users.replace);
router.delete('/:id(\\\\d+)', users.remove);
router.use('/:id/photos', photos);
const photos = Router({ mergeParams: true });
photos.post('/', users.addPhoto);
export default router;
`,
      'src/routes/index.ts': `export { router as orders } from './orders';\n`,
      'src/routes/orders.ts': `import express from 'express';
export const router = express.Router();
router
  .get('/', list)
  .post('/', create);
router.get(['/open', '/closed'], list);
fetchClient.get('/not/ours', handler);
`,
      'src/routes/admin.ts': `import { Router } from 'express';
export function createAdmin() {
  const router = Router();
  router.all('/stats', stats);
  return router;
}
`,
      'src/health.ts': `import type { Express } from 'express';
export const registerHealth = (app: Express) => {
  app.get('/health', (_req, res) => res.send('ok'));
};
`,
    });
    expect(found).toEqual([
      'ANY /admin/stats src/routes/admin.ts:4',
      'DELETE /api/users/{id} src/routes/users.ts:6',
      'GET /api/orders src/routes/orders.ts:4',
      'GET /api/orders/closed src/routes/orders.ts:6',
      'GET /api/orders/open src/routes/orders.ts:6',
      'GET /api/users src/routes/users.ts:4',
      'GET /api/users/{id} src/routes/users.ts:5',
      'GET /health src/health.ts:3',
      'GET /{*} src/app.ts:16',
      'POST /api/orders src/routes/orders.ts:5',
      'POST /api/users/{id}/photos src/routes/users.ts:9',
      'PUT /api/users/{id} src/routes/users.ts:5',
    ]);
  });

  it('reads CommonJS, and says of a router that nobody mounts that its prefix is not known', async () => {
    const found = await endpointsOf({
      'app.js': `const express = require('express');
const app = express();
app.use('/items', require('./items'));
app.use(config.prefix, require('./lost'));
module.exports = app;
`,
      'items.js': `const { Router } = require('express');
const router = Router();
router.get('/:id?', (req, res) => {});
module.exports = router;
`,
      'lost.js': `const router = require('express').Router();
router.get('/search', function (req, res) {});
module.exports = router;
`,
    });
    expect(found).toEqual(['GET /items items.js:3', 'GET /items/{id} items.js:3', 'GET ?/search lost.js:2']);
  });

  it('a loop of routers ends', async () => {
    const text = `import { Router } from 'express';
const a = Router();
const b = Router();
a.use('/b', b);
b.use('/a', a);
a.get('/x', h);
`;
    expect((await endpointsOf({ 'a.ts': text })).length).toBeGreaterThan(0);
  });
});

describe('Fastify', () => {
  it('follows plugins with prefixes', async () => {
    const found = await endpointsOf({
      'src/server.ts': `import Fastify from 'fastify';
import users from './users.js';
const server = Fastify({ logger: true });
server.register(users, { prefix: '/users' });
server.register(async (scope) => {
  scope.get('/ping', async () => 'pong');
}, { prefix: '/internal' });
server.route({ method: ['GET', 'POST'], url: '/search/:term', handler: search });
server.get<{ Params: P }>('/files/*', { schema }, send);
await server.listen({ port: 3000 });
`,
      'src/users.ts': `import type { FastifyInstance } from 'fastify';
export default async function (app: FastifyInstance) {
  app.get('/', list);
  app.post('/', { schema: createSchema }, create);
  app.delete('/:userId', remove);
}
`,
    });
    expect(found).toEqual([
      'DELETE /users/{userId} src/users.ts:5',
      'GET /files/{*} src/server.ts:9',
      'GET /internal/ping src/server.ts:6',
      'GET /search/{term} src/server.ts:8',
      'GET /users src/users.ts:3',
      'POST /search/{term} src/server.ts:8',
      'POST /users src/users.ts:4',
    ]);
  });
});

describe('Hono', () => {
  it('reads chains, base paths and sub-applications', async () => {
    const found = await endpointsOf({
      'src/index.ts': `import { Hono } from 'hono';
import { books } from './books';
const app = new Hono<{ Bindings: Env }>().basePath('/v1');
app.route('/books', books);
app.on(['PUT', 'DELETE'], '/cache/:key{[a-z]+}', purge);
export default app;
`,
      'src/books.ts': `import { Hono } from 'hono';
export const books = new Hono()
  .get('/', (c) => c.json([]))
  .post('/', validator, async (c) => c.json({}, 201))
  .get('/:id', (c) => c.json({}));
`,
    });
    expect(found).toEqual([
      'DELETE /v1/cache/{key} src/index.ts:5',
      'GET /v1/books src/books.ts:3',
      'GET /v1/books/{id} src/books.ts:5',
      'POST /v1/books src/books.ts:4',
      'PUT /v1/cache/{key} src/index.ts:5',
    ]);
  });
});

describe('NestJS', () => {
  it('joins global prefix, version, controller and method', async () => {
    const found = await endpointsOf({
      'src/main.ts': `const app = await NestFactory.create(AppModule);
app.setGlobalPrefix('api');
app.enableVersioning();
`,
      'src/cats.controller.ts': `import { Controller, Get, Post } from '@nestjs/common';
@Controller({ path: 'cats', version: '1' })
export class CatsController {
  constructor(private readonly cats: CatsService) {}
  @Get()
  @UseGuards(AuthGuard)
  list() { return []; }

  @Get(':id')
  @Version('2')
  async one(@Param('id') id: string) {}

  @Post(['import', 'upload'])
  add(@Body() cat: CreateCat) {}
}
@Controller()
class Root { @All('ping') ping() {} }
`,
    });
    expect(found).toEqual([
      'ANY /api/ping src/cats.controller.ts:17',
      'GET /api/v1/cats src/cats.controller.ts:5',
      'GET /api/v2/cats/{id} src/cats.controller.ts:9',
      'POST /api/v1/cats/import src/cats.controller.ts:13',
      'POST /api/v1/cats/upload src/cats.controller.ts:13',
    ]);
  });
});

describe('Next.js', () => {
  it('reads routes off names of folders', async () => {
    const found = await endpointsOf({
      'src/app/(shop)/api/users/[id]/route.ts':
        'export async function GET() {}\nexport const DELETE = () => {};\nexport const runtime = "edge";\n',
      'app/files/[...path]/route.js': 'export function POST() {}\n',
      'src/app/users/page.tsx': 'export function GET() {}\n',
    });
    expect(found).toEqual([
      'DELETE /api/users/{id} src/app/(shop)/api/users/[id]/route.ts:2',
      'GET /api/users/{id} src/app/(shop)/api/users/[id]/route.ts:1',
      'POST /files/{*path} app/files/[...path]/route.js:1',
    ]);
  });
});
