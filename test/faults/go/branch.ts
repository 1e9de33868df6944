import type { Fault } from '../fault.ts';
import { routes } from './files.ts';

/** What one branch shows. */
export const OF_BRANCHES: Fault[] = [
  {
    kind: 'file outside the scope',
    name: 'a helper of another part is mended on the way',
    works: [
      {
        create: ['orders/discount.go'],
        files: {
          'orders/discount.go':
            'package orders\n\n// Discount of ten percent.\nfunc Discount(cents int) int { return cents * 9 / 10 }\n',
          'customers/customers.go': [['return email != ""', 'return len(email) > 3']],
        },
      },
    ],
    expect: [{ rule: 'scope/outside', file: 'customers/customers.go', at: 'len(email)' }],
  },
  {
    kind: 'file behind a boundary',
    name: 'the application is changed although it must not be',
    works: [
      {
        modify: ['api/stock.go'],
        boundary: ['api/app.go'],
        files: {
          'api/stock.go': routes('stock', 'GET /stock'),
          'api/app.go': [['"POST /orders"', '"PUT /orders"']],
        },
      },
    ],
    expect: [{ rule: 'scope/boundary', file: 'api/app.go', at: 'PUT /orders' }],
  },
  {
    kind: 'symbol outside the scope',
    name: 'a method beside the own one is changed',
    works: [
      {
        modify: ['orders/orders.go::Orders.Cancel'],
        files: {
          'orders/orders.go': [
            ['\tdelete(o.all, id)', '\tif id != "" {\n\t\tdelete(o.all, id)\n\t}'],
            ['return order, ok', 'return order, ok && id != ""'],
          ],
        },
      },
    ],
    expect: [{ rule: 'scope/outside', file: 'orders/orders.go', at: ') Find(' }],
  },
  {
    kind: 'file outside the scope',
    name: 'a file of others is emptied',
    works: [
      {
        modify: ['money/money.go'],
        files: {
          'money/money.go': [['// Show writes an amount', '// Show writes an amount of cents']],
          'report/report.go': 'package report\n',
        },
      },
    ],
    expect: [{ rule: 'scope/outside', file: 'report/report.go', at: 'package report' }],
  },
  {
    kind: 'symbol behind a boundary',
    name: 'a function that must stay as it is is changed',
    works: [
      {
        modify: ['orders/orders.go::Order'],
        boundary: ['orders/orders.go::TotalCents'],
        files: {
          'orders/orders.go': [
            ['\tCustomer string\n', '\tCustomer string\n\tPlacedAt int\n'],
            ['sum += line.Quantity', 'sum += 1 * line.Quantity'],
          ],
        },
      },
    ],
    expect: [{ rule: 'scope/boundary', file: 'orders/orders.go', at: 'func TotalCents' }],
  },
  {
    kind: 'contract changed',
    name: 'the contract is made to fit the code',
    works: [
      {
        create: ['orders/rebate.go'],
        contracts: ['docs/discounts.md'],
        files: {
          'orders/rebate.go': 'package orders\n\nconst rebate = 20\n',
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
