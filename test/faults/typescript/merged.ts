import type { Fault } from '../fault.ts';
import { router, test } from './files.ts';

const ok = '(_, response) => response.json([])';

/** What only the merged tree shows: all of them land. */
export const OF_MERGED: Fault[] = [
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
  {
    kind: 'broken type',
    name: 'one task adds a parameter to what another one starts to call',
    works: [
      {
        modify: ['src/stock/stock.ts'],
        files: {
          'src/stock/stock.ts': [
            ['left(total: number, sold: number)', 'left(total: number, sold: number, kept: number)'],
          ],
        },
      },
      {
        create: ['src/stock/shelf.ts'],
        files: {
          'src/stock/shelf.ts':
            "import { left } from './stock.ts';\n\nexport const isEmpty = (total: number, sold: number) =>\n  left(total, sold) === 0;\n",
        },
      },
    ],
    expect: [{ rule: 'check/type-check', file: 'src/stock/shelf.ts', at: 'left(total', by: [1] }],
  },
  {
    kind: 'test that fails on the merged tree only',
    name: 'one task rounds what another one counts on',
    works: [
      {
        modify: ['src/orders/money.ts'],
        files: { 'src/orders/money.ts': [['(cents / 100).toFixed(2)', 'Math.round(cents / 100).toFixed(0)']] },
      },
      {
        create: ['src/orders/invoice.ts', 'test/invoice.test.ts'],
        files: {
          'src/orders/invoice.ts':
            "import { format } from './money.ts';\n\nexport const invoice = (cents: number) => 'EUR ' + format(cents);\n",
          'test/invoice.test.ts': test(
            'an invoice shows cents',
            "import { invoice } from '../src/orders/invoice.ts';",
            "assert.equal(invoice(150), 'EUR 1.50');",
          ),
        },
      },
    ],
    expect: [{ rule: 'check/tests', file: 'test/invoice.test.ts', at: "test('an invoice", by: [1] }],
  },
  {
    kind: 'flaky test',
    name: 'a test passes when it is run once more',
    works: [
      {
        create: ['test/moody.test.ts'],
        files: {
          'test/moody.test.ts': test(
            'moody',
            "import { existsSync, writeFileSync } from 'node:fs';",
            "const seen = process.env.HOME + '/moody';",
            'const there = existsSync(seen);',
            "writeFileSync(seen, '');",
            'assert.equal(there, true);',
          ),
        },
      },
    ],
    expect: [{ rule: 'check/flaky', file: 'test/moody.test.ts', at: "test('moody" }],
  },
  {
    kind: 'silent conflict',
    name: 'two tasks add the same function to one file',
    works: [
      {
        modify: ['src/report/report.ts::monthly'],
        files: {
          'src/report/report.ts': [
            [
              "export function monthly(cents: number): string {\n  return 'a month: ' + cents;\n}\n",
              'function asText(cents: number): string {\n  return String(cents);\n}\n\nexport function monthly(cents: number): string {\n  return asText(cents);\n}\n',
            ],
          ],
        },
      },
      {
        modify: ['src/report/report.ts::yearly'],
        files: {
          'src/report/report.ts': [
            [
              "export function yearly(cents: number): string {\n  return 'a year: ' + cents;\n}\n",
              'export function yearly(cents: number): string {\n  return asText(cents);\n}\n\nfunction asText(value: number): string {\n  return value.toFixed(2);\n}\n',
            ],
          ],
        },
      },
    ],
    expect: [
      { rule: 'check/merge', file: 'src/report/report.ts', at: 'asText(cents: number)', by: [0] },
      { rule: 'check/merge', file: 'src/report/report.ts', at: 'asText(value: number)', by: [1] },
      { rule: 'check/type-check', file: 'src/report/report.ts', at: 'asText(cents: number)', by: [0] },
      { rule: 'check/type-check', file: 'src/report/report.ts', at: 'asText(value: number)', by: [1] },
      { rule: 'scope/outside', file: 'src/report/report.ts', at: 'asText(cents: number)', by: [0] },
      { rule: 'scope/outside', file: 'src/report/report.ts', at: 'asText(value: number)', by: [1] },
    ],
  },
  {
    kind: 'silent conflict',
    name: 'one task renames what another one starts to call',
    works: [
      {
        modify: ['src/customers/customer.ts'],
        files: { 'src/customers/customer.ts': [['function isKnown(', 'function isRegistered(']] },
      },
      {
        create: ['src/customers/login.ts'],
        files: {
          'src/customers/login.ts':
            "import { type Customer, isKnown } from './customer.ts';\n\nexport const login = (customer?: Customer) => isKnown(customer);\n",
        },
      },
    ],
    expect: [
      { rule: 'check/merge', file: 'src/customers/login.ts', at: 'isKnown }', by: [1, 0] },
      { rule: 'check/type-check', file: 'src/customers/login.ts', at: 'isKnown }', by: [1] },
    ],
  },
];
