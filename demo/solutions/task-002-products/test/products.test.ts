import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProducts } from '../src/products/products.ts';

const lamp = { sku: 'LAMP-1', name: 'Lamp', priceCents: 1999, stock: 3 };
const chair = { sku: 'CHAIR-1', name: 'Chair', priceCents: 4500, stock: 1 };

function shelf() {
  const products = createProducts();
  return { products, lampId: products.add(lamp).id, chairId: products.add(chair).id };
}

test('a product is added, found and restocked', () => {
  const { products, lampId } = shelf();
  assert.deepEqual(products.get(lampId), { id: 'product-1', ...lamp });
  assert.equal(products.restock(lampId, 2).stock, 5);
  assert.equal(products.all().length, 2);
});

test('a sku belongs to one product', () => {
  assert.throws(() => shelf().products.add({ ...chair, name: 'Another' }), { code: 'conflict' });
});

test('taking is all or nothing', () => {
  const { products, lampId, chairId } = shelf();
  const tooMany = [
    { productId: lampId, quantity: 1 },
    { productId: chairId, quantity: 2 },
  ];
  assert.throws(() => products.take(tooMany), { code: 'conflict' });
  assert.deepEqual([products.get(lampId).stock, products.get(chairId).stock], [3, 1]);
  products.take([{ productId: lampId, quantity: 3 }]);
  assert.equal(products.get(lampId).stock, 0);
});

test('two lines of the same product share its stock', () => {
  const { products, lampId } = shelf();
  const line = { productId: lampId, quantity: 2 };
  assert.throws(() => products.take([line, line]), { code: 'conflict' });
  assert.equal(products.get(lampId).stock, 3);
});

test('prices, stocks and quantities are whole numbers', () => {
  const { products, lampId } = shelf();
  assert.throws(() => products.add({ ...lamp, sku: 'X', priceCents: 19.99 }), { code: 'invalid' });
  assert.throws(() => products.add({ ...lamp, sku: 'X', stock: -1 }), { code: 'invalid' });
  assert.throws(() => products.take([{ productId: lampId, quantity: 0 }]), { code: 'invalid' });
  assert.throws(() => products.restock('product-9', 1), { code: 'not-found' });
});
