import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrders } from '../src/orders/orders.ts';
import { createProducts } from '../src/products/products.ts';
import { createUsers } from '../src/users/users.ts';

function warehouse() {
  const users = createUsers();
  const products = createProducts();
  const userId = users.register({ name: 'Ada', email: 'ada@example.org', role: 'clerk' }).id;
  const lampId = products.add({ sku: 'LAMP-1', name: 'Lamp', priceCents: 1999, stock: 1 }).id;
  const chairId = products.add({ sku: 'CHAIR-1', name: 'Chair', priceCents: 4500, stock: 6 }).id;
  return { products, orders: createOrders({ users, products }), userId, lampId, chairId };
}

test('an order takes the stock and keeps the price', () => {
  const { orders, products, userId, lampId, chairId } = warehouse();
  const order = orders.place({
    userId,
    lines: [
      { productId: lampId, quantity: 1 },
      { productId: chairId, quantity: 4 },
    ],
  });
  assert.equal(order.totalCents, 1999 + 4 * 4500);
  assert.deepEqual([products.get(lampId).stock, products.get(chairId).stock], [0, 2]);
  assert.deepEqual(orders.get(order.id), order);
});

test('the last lamp is sold once', () => {
  const { orders, userId, lampId } = warehouse();
  const lines = [{ productId: lampId, quantity: 1 }];
  orders.place({ userId, lines });
  assert.throws(() => orders.place({ userId, lines }), { code: 'conflict' });
  assert.equal(orders.all().length, 1);
});

test('an order needs a known user, known products and a line', () => {
  const { orders, products, userId, lampId } = warehouse();
  const line = { productId: lampId, quantity: 1 };
  assert.throws(() => orders.place({ userId: 'user-9', lines: [line] }), { code: 'not-found' });
  assert.throws(() => orders.place({ userId, lines: [line, { ...line, productId: 'product-9' }] }), {
    code: 'not-found',
  });
  assert.throws(() => orders.place({ userId, lines: [] }), { code: 'invalid' });
  assert.equal(products.get(lampId).stock, 1);
});

test('a cancelled order gives its stock back, once', () => {
  const { orders, products, userId, lampId } = warehouse();
  const order = orders.place({ userId, lines: [{ productId: lampId, quantity: 1 }] });
  assert.equal(orders.cancel(order.id).status, 'cancelled');
  assert.equal(products.get(lampId).stock, 1);
  assert.throws(() => orders.cancel(order.id), { code: 'conflict' });
  assert.equal(products.get(lampId).stock, 1);
});
