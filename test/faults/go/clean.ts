import type { CleanVariant } from '../fault.ts';
import { routes, test } from './files.ts';

export const CLEAN: CleanVariant[] = [
  {
    name: 'a method of the own type moves, the neighbour is commented',
    works: [
      {
        modify: ['orders/orders.go::Orders'],
        files: {
          'orders/orders.go': [
            [
              '// Find gives one.\nfunc (o *Orders) Find(id string) (Order, bool) {\n\torder, ok := o.all[id]\n\treturn order, ok\n}\n\n',
              '',
            ],
            [
              '// TotalCents is what an order costs.\n',
              '// Find gives one, or none.\nfunc (o *Orders) Find(id string) (order Order, ok bool) {\n\torder, ok = o.all[id]\n\treturn order, ok\n}\n\n// TotalCents is what an order costs, in cents.\n',
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
        modify: ['money/money.go'],
        create: ['price/price.go', 'price/price_test.go'],
        files: {
          'money/money.go': [
            ['// Show writes', '// Write writes'],
            ['func Show(', 'func Write('],
          ],
          'price/price.go':
            'package price\n\nimport "shop/money"\n\n// Of an amount.\nfunc Of(cents int) string { return money.Write(cents) }\n',
          'price/price_test.go': test('price', 'Of', ['if Of(150) != "1.50" {', '\tt.Error("no price")', '}']),
        },
      },
    ],
  },
  {
    name: 'two tasks add to one package, each with an init of its own',
    works: ['monthly', 'yearly'].map((name) => ({
      create: [`report/${name}.go`],
      files: {
        [`report/${name}.go`]: `package report\n\nvar ${name} int\n\nfunc init() { ${name} = Months }\n`,
      },
    })),
  },
  {
    name: 'a column that may be left out more than the contract has, and values in the same order over lines',
    works: [
      {
        create: ['db/migrations/0002_all.sql'],
        contracts: ['contracts/schema.sql'],
        files: {
          'db/migrations/0002_all.sql':
            "create type payment_state as enum (\n  'open',\n  'paid',\n  'failed'\n);\ncreate table addresses (street text not null, id bigint not null, postcode text not null, note text);\ncreate table parcels (id bigint not null, grams int not null);\n",
        },
      },
    ],
  },
  {
    name: 'an endpoint of its own beside those of the contract, and another name of a parameter',
    works: [
      {
        modify: ['api/carts.go', 'api/refunds.go'],
        contracts: ['contracts/api-schema.yaml'],
        files: {
          'api/carts.go': routes('carts', 'PUT /carts/{cart}', 'GET /carts/health'),
          'api/refunds.go': routes('refunds', 'GET /refunds', 'POST /refunds'),
        },
      },
    ],
  },
  {
    name: 'the sums of modules change with the task',
    works: [
      {
        create: ['orders/labels.go'],
        files: { 'orders/labels.go': 'package orders\n\nconst labels = 3\n', 'go.sum': '\n' },
      },
    ],
  },
];
