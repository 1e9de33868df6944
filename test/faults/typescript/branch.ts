import type { Fault } from '../fault.ts';
import { router } from './files.ts';

const ok = '(_, response) => response.json([])';

/** What one branch shows. */
export const OF_BRANCHES: Fault[] = [
  {
    kind: 'file outside the scope',
    name: 'a helper of another part is mended on the way',
    works: [
      {
        create: ['src/orders/discount.ts'],
        files: {
          'src/orders/discount.ts': 'export const discount = (cents: number) => cents * 0.9;\n',
          'src/customers/customer.ts': [['customer !== undefined', 'customer !== undefined && customer.email !== ""']],
        },
      },
    ],
    expect: [{ rule: 'scope/outside', file: 'src/customers/customer.ts', at: 'customer.email' }],
  },
  {
    kind: 'file behind a boundary',
    name: 'the application is changed although it must not be',
    works: [
      {
        modify: ['src/http/stock.ts'],
        boundary: ['src/http/app.ts'],
        files: {
          'src/http/stock.ts': router('stock', `get('/', ${ok});`),
          'src/http/app.ts': [["app.use('/stock', stock);", "app.use('/api/stock', stock);"]],
        },
      },
    ],
    expect: [{ rule: 'scope/boundary', file: 'src/http/app.ts', at: '/api/stock' }],
  },
  {
    kind: 'symbol outside the scope',
    name: 'a method beside the own one is changed',
    works: [
      {
        modify: ['src/orders/order.ts::Orders.cancel'],
        files: {
          'src/orders/order.ts': [
            ['return this.#all.delete(id);', 'return this.find(id) !== undefined && this.#all.delete(id);'],
            ['return this.#all.get(id);', 'return this.#all.get(id.trim());'],
          ],
        },
      },
    ],
    expect: [{ rule: 'scope/outside', file: 'src/orders/order.ts', at: 'find(id: string)' }],
  },
  {
    kind: 'symbol behind a boundary',
    name: 'a function that must stay as it is is changed',
    works: [
      {
        modify: ['src/orders/order.ts::Order'],
        boundary: ['src/orders/order.ts::totalCents'],
        files: {
          'src/orders/order.ts': [
            ['  customer: string;', '  customer: string;\n  placedAt?: number;'],
            ['sum + line.quantity', 'sum + Math.abs(line.quantity)'],
          ],
        },
      },
    ],
    expect: [{ rule: 'scope/boundary', file: 'src/orders/order.ts', at: 'function totalCents' }],
  },
  {
    kind: 'contract changed',
    name: 'the contract is made to fit the code',
    works: [
      {
        create: ['src/orders/rebate.ts'],
        contracts: ['docs/discounts.md'],
        files: {
          'src/orders/rebate.ts': 'export const REBATE = 20;\n',
          'docs/discounts.md': [['Never more.', 'Or twenty.']],
        },
      },
    ],
    expect: [
      { rule: 'scope/boundary', file: 'docs/discounts.md', at: 'Or twenty' },
      { rule: 'task/contract-changed', file: 'docs/discounts.md', at: null },
    ],
  },
];
