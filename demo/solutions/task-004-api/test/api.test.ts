import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createRoutes } from '../src/app.ts';
import { createApiServer } from '../src/http/server.ts';

const server = createApiServer(createRoutes());
let origin = '';

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
});

async function post(path: string, body: unknown) {
  const response = await fetch(origin + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function get(path: string) {
  const response = await fetch(origin + path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a customer orders the last lamp, another one comes too late', async () => {
  const user = await post('/users', { name: 'Ada', email: 'ada@example.org', role: 'clerk' });
  assert.deepEqual([user.status, user.body.id], [201, 'user-1']);
  const lamp = await post('/products', { sku: 'LAMP-1', name: 'Lamp', priceCents: 1999, stock: 1 });
  assert.equal(lamp.status, 201);

  const order = { userId: user.body.id, lines: [{ productId: lamp.body.id, quantity: 1 }] };
  const placed = await post('/orders', order);
  assert.deepEqual([placed.status, placed.body.totalCents], [201, 1999]);
  assert.equal((await post('/orders', order)).status, 409);
  assert.equal((await get(`/products/${lamp.body.id}`)).body.stock, 0);

  assert.equal((await post(`/orders/${placed.body.id}/cancel`, {})).body.status, 'cancelled');
  assert.equal((await get(`/products/${lamp.body.id}`)).body.stock, 1);
  assert.equal((await post(`/products/${lamp.body.id}/restock`, { quantity: 4 })).body.stock, 5);
});

test('what is wrong with a call is said with a status and a code', async () => {
  assert.equal((await get('/users/user-9')).status, 404);
  const wrong = await post('/users', { name: 'Ada' });
  assert.deepEqual([wrong.status, (wrong.body.error as { code: string }).code], [400, 'invalid']);
  assert.equal((await post('/orders', [])).status, 400);
});

test('health still answers', async () => {
  assert.deepEqual(await get('/health'), { status: 200, body: { ok: true } });
});
