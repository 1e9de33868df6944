import { TYPESCRIPT } from './base/typescript.ts';
import type { Suite } from './fault.ts';

const TYPES = `export interface Address {
  street: string;
  postcode: string;
}

export type PaymentState = 'open' | 'paid' | 'failed';

export interface Parcel {
  id: string;
  grams: number;
}
`;
const OK = '{ responses: { "200": { description: ok } } }';
const ID = '[{ name: id, in: path, required: true, schema: { type: string } }]';
const API = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders:
    post: ${OK}
  /orders/{id}:
    parameters: ${ID}
    get: ${OK}
  /refunds:
    get: ${OK}
    post: ${OK}
  /carts/{id}:
    parameters: ${ID}
    put: ${OK}
`;
const router = (name: string, ...lines: string[]) =>
  `import { Router } from 'express';\n\nexport const ${name} = Router();\n${lines.map((line) => `${name}.${line}\n`).join('')}`;
const ok = '(_, response) => response.json([])';

export const typescript: Suite = {
  language: 'TypeScript',
  base: TYPESCRIPT,
  config: { workspace: { link: ['node_modules'] } },
  contracts: { 'types.ts': TYPES, 'api-schema.yaml': API },
  faults: [
    {
      kind: 'file outside the scope',
      name: 'a helper of another part is mended on the way',
      works: [
        {
          create: ['src/orders/discount.ts'],
          files: {
            'src/orders/discount.ts': 'export const discount = (cents: number) => cents * 0.9;\n',
            'src/customers/customer.ts': [
              ['customer !== undefined', 'customer !== undefined && customer.email !== ""'],
            ],
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
      kind: 'renamed field',
      name: 'postcode is called zip',
      works: [
        {
          create: ['src/customers/address.ts'],
          contracts: ['contracts/types.ts'],
          files: { 'src/customers/address.ts': 'export interface Address {\n  street: string;\n  zip: string;\n}\n' },
        },
      ],
      expect: [
        { rule: 'contract/missing-field', file: 'src/customers/address.ts', at: 'interface Address' },
        { rule: 'contract/extra-field', file: 'src/customers/address.ts', at: 'zip' },
      ],
    },
    {
      kind: 'changed enum',
      name: 'a state is called otherwise',
      works: [
        {
          create: ['src/orders/payment.ts'],
          contracts: ['contracts/types.ts'],
          files: {
            'src/orders/payment.ts': "\nexport type PaymentState = 'open' | 'settled' | 'failed';\n",
          },
        },
      ],
      expect: [
        { rule: 'contract/missing-value', file: 'src/orders/payment.ts', at: 'PaymentState' },
        { rule: 'contract/extra-value', file: 'src/orders/payment.ts', at: 'PaymentState' },
      ],
    },
    {
      kind: 'missing endpoint',
      name: 'refunds can be listed and not made',
      works: [
        {
          modify: ['src/http/refunds.ts'],
          contracts: ['contracts/api-schema.yaml'],
          does: '- GET and POST of /refunds',
          files: { 'src/http/refunds.ts': router('refunds', `get('/', ${ok});`) },
        },
      ],
      expect: [{ rule: 'contract/missing-endpoint', file: 'src/http/refunds.ts', at: "get('/'" }],
    },
    {
      kind: 'wrong method',
      name: 'a cart is patched, not put',
      works: [
        {
          modify: ['src/http/carts.ts'],
          contracts: ['contracts/api-schema.yaml'],
          files: { 'src/http/carts.ts': router('carts', `patch('/:id', ${ok});`) },
        },
      ],
      expect: [{ rule: 'contract/method-mismatch', file: 'src/http/carts.ts', at: 'patch' }],
    },
    {
      kind: 'broken type',
      name: 'a number where the contract has a text',
      works: [
        {
          create: ['src/orders/parcel.ts'],
          contracts: ['contracts/types.ts'],
          files: { 'src/orders/parcel.ts': 'export interface Parcel {\n  id: number;\n  grams: number;\n}\n' },
        },
      ],
      expect: [{ rule: 'contract/wrong-type', file: 'src/orders/parcel.ts', at: 'id: number' }],
    },
    {
      kind: 'failure that the base has',
      name: 'a test that failed before fails still',
      known: true,
      works: [
        {
          modify: ['src/legacy/rates.ts'],
          files: { 'src/legacy/rates.ts': [["country === 'DE' ? 19 : 0", "country === 'DE' ? 19 : 21"]] },
        },
      ],
      expect: [{ rule: 'check/tests', file: 'test/rates.test.ts', at: "test('Austria" }],
    },
  ],
  clean: [],
};
