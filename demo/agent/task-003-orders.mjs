export async function play({ say, writeSolution, test, commit }) {
  await say('users and products are here: building on the real modules');
  await writeSolution('src/orders/order.ts');
  await writeSolution('src/orders/orders.ts');
  await commit('orders: place and cancel', 'src/orders');
  await writeSolution('test/orders.test.ts');
  await test('test/orders.test.ts', 'test/users.test.ts', 'test/products.test.ts');
  await commit('orders: tests, the last lamp is sold once', 'test/orders.test.ts');
  return 'Orders over users and products; a cancelled one gives its stock back.';
}
