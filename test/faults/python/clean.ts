import type { CleanVariant } from '../fault.ts';
import { dataclass, router, test } from './files.ts';

export const CLEAN: CleanVariant[] = [
  {
    name: 'methods of the own class change places, the neighbour is formatted',
    works: [
      {
        modify: ['shop/orders.py::Orders'],
        files: {
          'shop/orders.py': [
            [
              '    def find(self, id: str) -> Order | None:\n        return self._all.get(id)\n\n    def cancel(self, id: str) -> bool:\n        return self._all.pop(id, None) is not None\n',
              '    def cancel(self, id: str) -> bool:\n        return self._all.pop(id, None) is not None\n\n    # None where there is none.\n    def find(self, id: str) -> Order | None:\n        return self._all.get(id)\n',
            ],
            [
              'def total_cents(order: Order) -> int:\n    return sum(line.quantity * line.unit_cents for line in order.lines)\n',
              'def total_cents(\n    order: Order,\n) -> int:\n    # What it costs.\n    return sum(\n        line.quantity * line.unit_cents for line in order.lines\n    )\n',
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
        modify: ['shop/money.py'],
        create: ['shop/price.py', 'tests/test_price.py'],
        files: {
          'shop/money.py': [['def parse(', 'def parse_money(']],
          'shop/price.py':
            'from shop.money import parse_money\n\n\ndef price(text: str) -> int:\n    return parse_money(text)\n',
          'tests/test_price.py': test(
            'PriceTest',
            'from shop.price import price',
            'self.assertEqual(price("1.50"), 150)',
          ),
        },
      },
    ],
  },
  {
    name: 'the fields of a contract, one from a base and one spelled otherwise',
    works: [
      {
        create: ['shop/address.py'],
        contracts: ['contracts/types.py'],
        files: {
          'shop/address.py':
            'from dataclasses import dataclass\nfrom typing import Annotated\n\n\n@dataclass\nclass Place:\n    postcode: str\n\n\n@dataclass\nclass Address(Place):\n    street: Annotated[str, "a street"]\n',
        },
      },
    ],
  },
  {
    name: 'the values of a contract in another order',
    works: [
      {
        create: ['shop/payment.py'],
        contracts: ['contracts/types.py'],
        files: {
          'shop/payment.py':
            'from enum import Enum\n\n\nclass PaymentState(str, Enum):\n    FAILED = "failed"\n    OPEN = "open"\n    PAID = "paid"\n',
        },
      },
    ],
  },
  {
    name: 'a field with a default more than the contract has',
    works: [
      {
        create: ['shop/parcel.py'],
        contracts: ['contracts/types.py'],
        files: { 'shop/parcel.py': dataclass('Parcel', 'id: str', 'grams: int', 'label: str | None = None') },
      },
    ],
  },
  {
    name: 'an endpoint of its own beside those of the contract, and another name of a parameter',
    works: [
      {
        modify: ['shop/api/carts.py', 'shop/api/refunds.py'],
        contracts: ['contracts/api-schema.yaml'],
        files: {
          'shop/api/carts.py': router(['put', '/{cart}'], ['get', '/health']),
          'shop/api/refunds.py': router(['get', ''], ['post', '']),
        },
      },
    ],
  },
  {
    name: 'two tasks add migrations that follow each other, and functions of one name to two files',
    works: [
      {
        create: ['db/migrations/0002_carts.sql', 'shop/carts.py'],
        files: {
          'db/migrations/0002_carts.sql': 'CREATE TABLE carts (id text);\n',
          'shop/carts.py': 'def as_text(value: int) -> str:\n    return str(value)\n',
          'uv.lock': 'version = 1\nrevision = 2\n',
        },
      },
      {
        create: ['db/migrations/0003_refunds.sql', 'shop/refunds.py'],
        files: {
          'db/migrations/0003_refunds.sql': 'CREATE TABLE refunds (id text);\n',
          'shop/refunds.py': 'def as_text(value: int) -> str:\n    return str(value)\n',
        },
      },
    ],
  },
];
