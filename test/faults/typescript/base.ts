import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const demo = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../demo/typescript/${name}`, import.meta.url)), 'utf8');

/** A shop with an HTTP interface; its tests run TypeScript as it stands. */
export const TYPESCRIPT: Record<string, string> = {
  '.gitignore': 'node_modules\n',
  'package.json': `${JSON.stringify(
    {
      name: 'shop',
      private: true,
      type: 'module',
      scripts: {
        typecheck: 'tsc --noEmit --pretty false',
        test: 'node --import ./tools/register.mjs --test --test-reporter=tap test/*.test.ts',
      },
    },
    null,
    2,
  )}\n`,
  'package-lock.json': '{ "name": "shop", "lockfileVersion": 3, "packages": {} }\n',
  'tsconfig.json': `${JSON.stringify(
    {
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        lib: ['es2022'],
        types: [],
        strict: true,
        allowImportingTsExtensions: true,
        noEmit: true,
      },
      include: ['src', 'test', 'types'],
    },
    null,
    2,
  )}\n`,
  'tools/register.mjs': demo('register.mjs'),
  'tools/hooks.mjs': demo('hooks.mjs'),
  'types/modules.d.ts': `declare module 'express' {
  type Handler = (request: any, response: any) => void;
  export interface Router {
    get(path: string, handler: Handler): void;
    post(path: string, handler: Handler): void;
    put(path: string, handler: Handler): void;
    patch(path: string, handler: Handler): void;
    delete(path: string, handler: Handler): void;
    use(path: string, router: Router): void;
  }
  export function Router(): Router;
  export default function express(): Router;
}
declare module 'node:test' {
  export function test(name: string, body: () => void): void;
}
declare module 'node:assert/strict' {
  const assert: { equal(a: unknown, b: unknown): void; deepEqual(a: unknown, b: unknown): void };
  export default assert;
}
declare module 'node:fs' {
  export function existsSync(path: string): boolean;
  export function writeFileSync(path: string, text: string): void;
}
declare const process: { env: Record<string, string | undefined> };
`,
  'src/orders/order.ts': `/** What a customer asked for. */
export interface OrderLine {
  sku: string;
  quantity: number;
  unitCents: number;
}

export interface Order {
  id: string;
  customer: string;
  lines: OrderLine[];
}

export class Orders {
  #all = new Map<string, Order>();

  place(order: Order): Order {
    this.#all.set(order.id, order);
    return order;
  }

  find(id: string): Order | undefined {
    return this.#all.get(id);
  }

  cancel(id: string): boolean {
    return this.#all.delete(id);
  }
}

export function totalCents(order: Order): number {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0);
}
`,
  'src/orders/money.ts': `export function format(cents: number): string {
  return (cents / 100).toFixed(2);
}

export function parse(text: string): number {
  return Math.round(Number(text) * 100);
}
`,
  'src/customers/customer.ts': `export interface Customer {
  id: string;
  email: string;
}

export function isKnown(customer: Customer | undefined): customer is Customer {
  return customer !== undefined;
}
`,
  'src/http/app.ts': `import express from 'express';
import { carts } from './carts.ts';
import { orders } from './orders.ts';
import { refunds } from './refunds.ts';
import { stock } from './stock.ts';

export const app = express();
app.use('/orders', orders);
app.use('/refunds', refunds);
app.use('/carts', carts);
app.use('/stock', stock);
`,
  'src/http/orders.ts': `import { Router } from 'express';
import { Orders } from '../orders/order.ts';

const all = new Orders();
export const orders = Router();
orders.get('/:id', (request, response) => response.json(all.find(request.params.id)));
orders.post('/', (request, response) => response.json(all.place(request.body)));
`,
  'src/http/refunds.ts': "import { Router } from 'express';\n\nexport const refunds = Router();\n",
  'src/http/carts.ts': "import { Router } from 'express';\n\nexport const carts = Router();\n",
  'src/http/stock.ts': "import { Router } from 'express';\n\nexport const stock = Router();\n",
  'src/stock/stock.ts': `export function left(total: number, sold: number): number {
  return total - sold;
}
`,
  'src/report/report.ts': `/** What was sold. */
export function monthly(cents: number): string {
  return 'a month: ' + cents;
}

export function quarterly(cents: number): string {
  return 'a quarter: ' + cents;
}

export function yearly(cents: number): string {
  return 'a year: ' + cents;
}
`,
  'src/legacy/rates.ts': `export function rate(country: string): number {
  return country === 'DE' ? 19 : 0;
}
`,
  'test/order.test.ts': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalCents } from '../src/orders/order.ts';

test('an order costs what its lines cost', () => {
  const order = { id: '1', customer: 'c', lines: [{ sku: 'a', quantity: 2, unitCents: 150 }] };
  assert.equal(totalCents(order), 300);
});
`,
  'test/rates.test.ts': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rate } from '../src/legacy/rates.ts';

test('Austria has its own rate', () => {
  assert.equal(rate('AT'), 20);
});
`,
  'docs/discounts.md': '# Discounts\n\nTen percent.\nNever more.\n',
  'README.md': '# Shop\n\nOrders, customers and money.\n',
};
