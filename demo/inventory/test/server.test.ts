import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createRoutes } from '../src/app.ts';
import { match } from '../src/http/route.ts';
import { createApiServer } from '../src/http/server.ts';

test('paths with parameters', () => {
  assert.deepEqual(match('/orders/:id/cancel', '/orders/order-1/cancel'), { id: 'order-1' });
  assert.equal(match('/orders/:id', '/orders'), null);
  assert.equal(match('/orders/:id', '/orders/'), null);
});

test('the server answers, and says what it does not know', async () => {
  const server = createApiServer(createRoutes()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const health = await fetch(`${origin}/health`);
    assert.deepEqual([health.status, await health.json()], [200, { ok: true }]);
    const lost = await fetch(`${origin}/nowhere`);
    assert.equal(lost.status, 404);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
