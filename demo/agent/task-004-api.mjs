export async function play({ say, writeSolution, edit, test, commit }) {
  await say('contracts/api-schema.yaml has eight paths beside /health');
  for (const module of ['fields', 'users', 'products', 'orders']) await writeSolution(`src/api/${module}.ts`);
  await edit(
    'src/app.ts',
    "import type { Route } from './http/route.ts';\n",
    `import { orderRoutes } from './api/orders.ts';
import { productRoutes } from './api/products.ts';
import { userRoutes } from './api/users.ts';
import type { Route } from './http/route.ts';
import { createOrders } from './orders/orders.ts';
import { createProducts } from './products/products.ts';
import { createUsers } from './users/users.ts';
`,
  );
  await edit(
    'src/app.ts',
    "  return [{ method: 'GET', path: '/health', answer: () => ({ status: 200, body: { ok: true } }) }];\n",
    `  const users = createUsers();
  const products = createProducts();
  return [
    { method: 'GET', path: '/health', answer: () => ({ status: 200, body: { ok: true } }) },
    ...userRoutes(users),
    ...productRoutes(products),
    ...orderRoutes(createOrders({ users, products })),
  ];
`,
  );
  await commit('api: serve users, products and orders', 'src/api', 'src/app.ts');
  await writeSolution('test/api.test.ts');
  await test('test/api.test.ts', 'test/server.test.ts');
  await edit('README.md', 'So far it answers `/health`. The rest is planned', EXAMPLE);
  await commit('api: tests over HTTP, an example', 'test/api.test.ts', 'README.md');
  return 'Users, products and orders over HTTP, as api-schema.yaml says.';
}

const EXAMPLE = `A first call:

    curl -d '{"name":"Ada","email":"ada@example.org","role":"clerk"}' http://127.0.0.1:3000/users

How it was planned stands`;
