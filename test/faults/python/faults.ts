import { PYTHON } from './base/python.ts';
import { API } from './contracts.ts';
import type { Suite } from './fault.ts';

const TYPES = `from dataclasses import dataclass
from enum import Enum


@dataclass
class Address:
    street: str
    postcode: str


class PaymentState(Enum):
    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


@dataclass
class Parcel:
    id: str
    grams: int
`;
const router = (...endpoints: [verb: string, path: string][]) =>
  `from fastapi import APIRouter\n\nrouter = APIRouter()\n${endpoints
    .map(([verb, path]) => `\n\n@router.${verb}("${path}")\ndef ${verb}_it():\n    return []\n`)
    .join('')}`;
const test = (name: string, imports: string, ...lines: string[]) =>
  `import unittest\n\n${imports}\n\n\nclass ${name}(unittest.TestCase):\n    def test_it(self):\n${lines.map((line) => `        ${line}\n`).join('')}`;

export const python: Suite = {
  language: 'Python',
  base: PYTHON,
  contracts: { 'types.py': TYPES, 'api-schema.yaml': API },
  faults: [
    {
      kind: 'file outside the scope',
      name: 'a helper of another part is mended on the way',
      works: [
        {
          create: ['shop/discount.py'],
          files: {
            'shop/discount.py': 'def discount(cents: int) -> int:\n    return cents * 9 // 10\n',
            'shop/customers.py': [['email is not None', 'email is not None and email != ""']],
          },
        },
      ],
      expect: [{ rule: 'scope/outside', file: 'shop/customers.py', at: 'email != ""' }],
    },
    {
      kind: 'file outside the scope',
      name: 'a file of others is deleted',
      works: [
        {
          create: ['shop/vouchers.py'],
          files: { 'shop/vouchers.py': 'VOUCHERS: list[str] = []\n', 'shop/stock.py': null },
        },
      ],
      expect: [{ rule: 'scope/outside', file: 'shop/stock.py' }],
    },
    {
      kind: 'file behind a boundary',
      name: 'the application is changed although it must not be',
      works: [
        {
          modify: ['shop/api/refunds.py'],
          boundary: ['shop/api/app.py'],
          files: {
            'shop/api/refunds.py': router(['get', '']),
            'shop/api/app.py': [['prefix="/refunds"', 'prefix="/v2/refunds"']],
          },
        },
      ],
      expect: [{ rule: 'scope/boundary', file: 'shop/api/app.py', at: '/v2/refunds' }],
    },
    {
      kind: 'symbol outside the scope',
      name: 'a method beside the own one is changed',
      works: [
        {
          modify: ['shop/orders.py::Orders.cancel'],
          files: {
            'shop/orders.py': [
              ['return self._all.pop(id, None) is not None', 'return bool(self._all.pop(id, None))'],
              ['return self._all.get(id)', 'return self._all.get(id.strip())'],
            ],
          },
        },
      ],
      expect: [{ rule: 'scope/outside', file: 'shop/orders.py', at: 'def find' }],
    },
    {
      kind: 'symbol behind a boundary',
      name: 'a function that must stay as it is is changed',
      works: [
        {
          modify: ['shop/orders.py::Order'],
          boundary: ['shop/orders.py::total_cents'],
          files: {
            'shop/orders.py': [
              ['    customer: str\n', '    customer: str\n    placed_at: int = 0\n'],
              ['sum(line.quantity', 'sum(abs(line.quantity)'],
            ],
          },
        },
      ],
      expect: [{ rule: 'scope/boundary', file: 'shop/orders.py', at: 'def total_cents' }],
    },
    {
      kind: 'contract changed',
      name: 'the contract is made to fit the code',
      works: [
        {
          create: ['shop/rebate.py'],
          contracts: ['docs/discounts.md'],
          files: {
            'shop/rebate.py': 'REBATE = 20\n',
            'docs/discounts.md': [['Never more.', 'Or twenty.']],
          },
        },
      ],
      expect: [
        { rule: 'scope/boundary', file: 'docs/discounts.md', at: 'Or twenty' },
        { rule: 'task/contract-changed', file: 'docs/discounts.md', at: null },
      ],
    },
    {
      kind: 'renamed field',
      name: 'postcode is called zip',
      works: [
        {
          create: ['shop/address.py'],
          contracts: ['contracts/types.py'],
          files: {
            'shop/address.py':
              'from dataclasses import dataclass\n\n\n@dataclass\nclass Address:\n    street: str\n    zip: str\n',
          },
        },
      ],
      expect: [
        { rule: 'contract/missing-field', file: 'shop/address.py', at: 'class Address' },
        { rule: 'contract/extra-field', file: 'shop/address.py', at: 'zip' },
      ],
    },
    {
      kind: 'changed enum',
      name: 'a state is called otherwise',
      works: [
        {
          create: ['shop/payment.py'],
          contracts: ['contracts/types.py'],
          files: {
            'shop/payment.py':
              'from enum import Enum\n\n\nclass PaymentState(Enum):\n    OPEN = "open"\n    SETTLED = "settled"\n    FAILED = "failed"\n',
          },
        },
      ],
      expect: [
        { rule: 'contract/missing-value', file: 'shop/payment.py', at: 'class PaymentState' },
        { rule: 'contract/extra-value', file: 'shop/payment.py', at: 'SETTLED' },
      ],
    },
    {
      kind: 'missing endpoint',
      name: 'refunds can be listed and not made',
      works: [
        {
          modify: ['shop/api/refunds.py'],
          contracts: ['contracts/api-schema.yaml'],
          does: '- GET and POST of /refunds',
          files: { 'shop/api/refunds.py': router(['get', '']) },
        },
      ],
      expect: [{ rule: 'contract/missing-endpoint', file: 'shop/api/refunds.py', at: '@router.get' }],
    },
    {
      kind: 'wrong method',
      name: 'a cart is patched, not put',
      works: [
        {
          modify: ['shop/api/carts.py'],
          contracts: ['contracts/api-schema.yaml'],
          files: { 'shop/api/carts.py': router(['patch', '/{id}']) },
        },
      ],
      expect: [{ rule: 'contract/method-mismatch', file: 'shop/api/carts.py', at: '@router.patch' }],
    },
    {
      kind: 'broken type',
      name: 'a text where the contract has a number',
      works: [
        {
          create: ['shop/parcel.py'],
          contracts: ['contracts/types.py'],
          files: {
            'shop/parcel.py':
              'from dataclasses import dataclass\n\n\n@dataclass\nclass Parcel:\n    id: str\n    grams: str\n',
          },
        },
      ],
      expect: [{ rule: 'contract/wrong-type', file: 'shop/parcel.py', at: 'grams: str' }],
    },
    {
      kind: 'test that fails on the merged tree only',
      name: 'one task rounds what another one counts on',
      works: [
        {
          modify: ['shop/money.py'],
          files: { 'shop/money.py': [['{cents / 100:.2f}', '{cents // 100}']] },
        },
        {
          create: ['shop/invoice.py', 'tests/test_invoice.py'],
          files: {
            'shop/invoice.py':
              'from shop.money import show\n\n\ndef invoice(cents: int) -> str:\n    return f"EUR {show(cents)}"\n',
            'tests/test_invoice.py': test(
              'InvoiceTest',
              'from shop.invoice import invoice',
              'self.assertEqual(invoice(150), "EUR 1.50")',
            ),
          },
        },
      ],
      expect: [{ rule: 'check/tests', file: 'tests/test_invoice.py', at: 'assertEqual', by: [1] }],
    },
    {
      kind: 'failure that the base has',
      name: 'a test that failed before fails still',
      known: true,
      works: [{ modify: ['shop/legacy.py'], files: { 'shop/legacy.py': [['else 0', 'else 21']] } }],
      expect: [{ rule: 'check/tests', file: 'tests/test_legacy.py', at: 'assertEqual' }],
    },
    {
      kind: 'flaky test',
      name: 'a test passes when it is run once more',
      works: [
        {
          create: ['tests/test_moody.py'],
          files: {
            'tests/test_moody.py': test(
              'MoodyTest',
              'import os',
              'seen = os.path.join(os.environ["HOME"], "moody")',
              'there = os.path.exists(seen)',
              'open(seen, "w").close()',
              'self.assertTrue(there)',
            ),
          },
        },
      ],
      expect: [{ rule: 'check/flaky', file: 'tests/test_moody.py', at: 'assertTrue' }],
    },
    {
      kind: 'silent conflict',
      name: 'two tasks add the same function to one file',
      works: [
        {
          modify: ['shop/report.py::monthly'],
          files: {
            'shop/report.py': [
              [
                'def monthly(cents: int) -> str:\n    return f"a month: {cents}"\n',
                'def as_text(cents: int) -> str:\n    return str(cents)\n\n\ndef monthly(cents: int) -> str:\n    return as_text(cents)\n',
              ],
            ],
          },
        },
        {
          modify: ['shop/report.py::yearly'],
          files: {
            'shop/report.py': [
              [
                'def yearly(cents: int) -> str:\n    return f"a year: {cents}"\n',
                'def yearly(cents: int) -> str:\n    return as_text(cents)\n\n\ndef as_text(value: int) -> str:\n    return f"{value:,}"\n',
              ],
            ],
          },
        },
      ],
      expect: [
        { rule: 'check/merge', file: 'shop/report.py', at: 'def as_text(cents', by: [0] },
        { rule: 'check/merge', file: 'shop/report.py', at: 'def as_text(value', by: [1] },
        { rule: 'scope/outside', file: 'shop/report.py', at: 'def as_text(cents', by: [0] },
        { rule: 'scope/outside', file: 'shop/report.py', at: 'def as_text(value', by: [1] },
      ],
    },
    {
      kind: 'silent conflict',
      name: 'two migrations have one number',
      works: [
        {
          create: ['db/migrations/0002_carts.sql'],
          files: { 'db/migrations/0002_carts.sql': 'CREATE TABLE carts (id text);\n' },
        },
        {
          create: ['db/migrations/0002_refunds.sql'],
          files: { 'db/migrations/0002_refunds.sql': 'CREATE TABLE refunds (id text);\n' },
        },
      ],
      expect: [
        { rule: 'check/merge', file: 'db/migrations/0002_carts.sql', by: [0] },
        { rule: 'check/merge', file: 'db/migrations/0002_refunds.sql', by: [1] },
      ],
    },
    {
      kind: 'silent conflict',
      name: 'one task renames what another one starts to call',
      works: [
        {
          modify: ['shop/customers.py'],
          files: { 'shop/customers.py': [['def is_known(', 'def is_registered(']] },
        },
        {
          create: ['shop/login.py'],
          files: {
            'shop/login.py':
              'from shop.customers import is_known\n\n\ndef login(email: str | None) -> bool:\n    return is_known(email)\n',
          },
        },
      ],
      expect: [{ rule: 'check/merge', file: 'shop/login.py', at: 'import is_known', by: [1, 0] }],
    },
  ],
  clean: [],
};
