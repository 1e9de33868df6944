import type { Fault } from '../fault.ts';
import { router } from './files.ts';

/** What one branch shows. */
export const OF_BRANCHES: Fault[] = [
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
];
