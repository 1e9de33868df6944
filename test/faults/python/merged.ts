import type { Fault } from '../fault.ts';
import { dataclass, router, test } from './files.ts';

/** What only the merged tree shows: all of them land. */
export const OF_MERGED: Fault[] = [
  {
    kind: 'renamed field',
    name: 'postcode is called zip',
    works: [
      {
        create: ['shop/address.py'],
        contracts: ['contracts/types.py'],
        files: {
          'shop/address.py': dataclass('Address', 'street: str', 'zip: str'),
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
          'shop/parcel.py': dataclass('Parcel', 'id: str', 'grams: str'),
        },
      },
    ],
    expect: [{ rule: 'contract/wrong-type', file: 'shop/parcel.py', at: 'grams: str' }],
  },
  {
    kind: 'test that fails on the merged tree only',
    name: 'one task rounds what another one counts on',
    needs: 'python3',
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
    needs: 'python3',
    known: true,
    works: [{ modify: ['shop/legacy.py'], files: { 'shop/legacy.py': [['else 0', 'else 21']] } }],
    expect: [{ rule: 'check/tests', file: 'tests/test_legacy.py', at: 'assertEqual' }],
  },
  {
    kind: 'flaky test',
    name: 'a test passes when it is run once more',
    needs: 'python3',
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
  {
    kind: 'silent conflict',
    name: 'one task renames a method that another one calls on an object, and no test does',
    uncaught: true,
    works: [
      {
        modify: ['shop/stock.py'],
        files: { 'shop/stock.py': [['def left(self)', 'def rest(self)']] },
      },
      {
        create: ['shop/shelf.py'],
        files: {
          'shop/shelf.py':
            'from shop.stock import Stock\n\n\ndef is_empty(stock: Stock) -> bool:\n    return stock.left() == 0\n',
        },
      },
    ],
    expect: [{ rule: 'check/merge', file: 'shop/shelf.py', at: 'stock.left()', by: [1, 0] }],
  },
  {
    kind: 'silent conflict',
    name: 'two tasks add the same endpoint to one file',
    works: [
      {
        modify: ['shop/api/shelves.py::levels'],
        files: {
          'shop/api/shelves.py': [
            [
              'def levels():\n    return []\n',
              'def levels():\n    return [1]\n\n\n@router.get("/shelves")\ndef shelves():\n    return [1]\n',
            ],
          ],
        },
      },
      {
        modify: ['shop/api/shelves.py::counts'],
        files: {
          'shop/api/shelves.py': [
            [
              'def counts():\n    return []\n',
              'def counts():\n    return [2]\n\n\n@router.get("/shelves", tags=["all"])\ndef all_shelves():\n    return [2]\n',
            ],
          ],
        },
      },
    ],
    expect: [
      { rule: 'check/merge', file: 'shop/api/shelves.py', at: '"/shelves")', by: [0] },
      { rule: 'check/merge', file: 'shop/api/shelves.py', at: '"/shelves", tags', by: [1] },
      { rule: 'scope/outside', file: 'shop/api/shelves.py', at: 'def shelves', by: [0] },
      { rule: 'scope/outside', file: 'shop/api/shelves.py', at: 'def all_shelves', by: [1] },
    ],
  },
];
