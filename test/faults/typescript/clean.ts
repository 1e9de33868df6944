import type { CleanVariant } from '../fault.ts';
import { router } from './files.ts';

const ok = '(_, response) => response.json([])';

export const CLEAN: CleanVariant[] = [
  {
    name: 'methods of the own class change places, are commented and call each other',
    works: [
      {
        modify: ['src/orders/order.ts::Orders'],
        files: {
          'src/orders/order.ts': [
            [
              '  place(order: Order): Order {\n    this.#all.set(order.id, order);\n    return order;\n  }\n\n  find(id: string): Order | undefined {\n    return this.#all.get(id);\n  }\n',
              '  // The newest first.\n  find(id: string): Order | undefined {\n    return this.#all.get(id);\n  }\n\n  place(order: Order): Order {\n    this.#all.set(order.id, order);\n    return this.find(order.id) ?? order;\n  }\n',
            ],
            // The neighbour is formatted, and nothing else.
            [
              'export function totalCents(order: Order): number {\n  return',
              '// What it costs.\nexport function totalCents(\n  order: Order,\n): number {\n  return',
            ],
          ],
        },
      },
    ],
  },
  {
    name: 'a function is renamed in the file and in all that call it',
    works: [
      {
        modify: ['src/orders/money.ts'],
        create: ['src/orders/price.ts', 'test/price.test.ts'],
        files: {
          'src/orders/money.ts': [['export function parse(text', 'export function parseMoney(text']],
          'src/orders/price.ts':
            "import { parseMoney } from './money.ts';\n\nexport const price = (text: string) => parseMoney(text);\n",
          'test/price.test.ts':
            "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { price } from '../src/orders/price.ts';\n\ntest('a price is read', () => {\n  assert.equal(price('1.50'), 150);\n});\n",
        },
      },
    ],
  },
  {
    name: 'the fields of a contract in another order, one behind a base',
    works: [
      {
        create: ['src/customers/address.ts'],
        contracts: ['contracts/types.ts'],
        files: {
          'src/customers/address.ts':
            'interface Place {\n  postcode: string;\n}\n\nexport interface Address extends Place {\n  street: string;\n}\n',
        },
      },
    ],
  },
  {
    name: 'the values of a contract in another order, made of a list',
    works: [
      {
        create: ['src/orders/payment.ts'],
        contracts: ['contracts/types.ts'],
        files: {
          'src/orders/payment.ts':
            "export const STATES = ['failed', 'paid', 'open'] as const;\nexport type PaymentState = (typeof STATES)[number];\n",
        },
      },
    ],
  },
  {
    name: 'an optional field more than the contract has',
    works: [
      {
        create: ['src/orders/parcel.ts'],
        contracts: ['contracts/types.ts'],
        files: {
          'src/orders/parcel.ts': 'export interface Parcel {\n  id: string;\n  grams: number;\n  label?: string;\n}\n',
        },
      },
    ],
  },
  {
    name: 'an endpoint of its own beside those of the contract, and another name of a parameter',
    works: [
      {
        modify: ['src/http/carts.ts', 'src/http/refunds.ts'],
        contracts: ['contracts/api-schema.yaml'],
        files: {
          'src/http/carts.ts': router('carts', `put('/:cart', ${ok});`, `get('/health', ${ok});`),
          'src/http/refunds.ts': router('refunds', `get('/', ${ok});`, `post('/', ${ok});`),
        },
      },
    ],
  },
  {
    name: 'the lockfile changes with the task',
    works: [
      {
        create: ['src/stock/labels.ts'],
        files: {
          'src/stock/labels.ts': 'export const LABELS = 3;\n',
          'package-lock.json': '{ "name": "shop", "version": "0.1.0", "lockfileVersion": 3, "packages": {} }\n',
        },
      },
    ],
  },
  {
    name: 'two tasks change parts of one file, and both import the same',
    works: [
      {
        modify: ['src/report/report.ts::monthly'],
        files: {
          'src/report/report.ts': [
            ['/** What was sold. */\n', "/** What was sold. */\nimport { format } from '../orders/money.ts';\n\n"],
            ["'a month: ' + cents", "'a month: ' + format(cents)"],
          ],
        },
      },
      {
        modify: ['src/report/report.ts::yearly'],
        files: { 'src/report/report.ts': [["'a year: ' + cents", "'one year: ' + cents"]] },
      },
    ],
  },
];
