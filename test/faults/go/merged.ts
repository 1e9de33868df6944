import type { Fault } from '../fault.ts';
import { routes, test } from './files.ts';

/** Where Go is not installed, nothing of this is run. */
const GO_TOOL = 'go';

/** What only the merged tree shows: all of them land. */
export const OF_MERGED: Fault[] = [
  {
    kind: 'renamed field',
    name: 'postcode is called zip',
    works: [
      {
        create: ['db/migrations/0002_addresses.sql'],
        contracts: ['contracts/schema.sql'],
        files: {
          'db/migrations/0002_addresses.sql':
            'CREATE TABLE addresses (\n  id bigint NOT NULL,\n  street text NOT NULL,\n  zip text NOT NULL\n);\n',
        },
      },
    ],
    expect: [
      { rule: 'contract/missing-field', file: 'db/migrations/0002_addresses.sql', at: 'CREATE TABLE' },
      { rule: 'contract/extra-field', file: 'db/migrations/0002_addresses.sql', at: 'zip' },
    ],
  },
  {
    kind: 'changed enum',
    name: 'a state is called otherwise',
    works: [
      {
        create: ['db/migrations/0003_payments.sql'],
        contracts: ['contracts/schema.sql'],
        files: {
          'db/migrations/0003_payments.sql':
            "-- of payments\nCREATE TYPE payment_state AS ENUM ('open', 'settled', 'failed');\n",
        },
      },
    ],
    expect: [
      { rule: 'contract/missing-value', file: 'db/migrations/0003_payments.sql', at: 'payment_state' },
      { rule: 'contract/extra-value', file: 'db/migrations/0003_payments.sql', at: 'payment_state' },
    ],
  },
  {
    kind: 'broken type',
    name: 'a text where the contract has a number',
    works: [
      {
        create: ['db/migrations/0004_parcels.sql'],
        contracts: ['contracts/schema.sql'],
        files: {
          'db/migrations/0004_parcels.sql':
            'CREATE TABLE parcels (\n  id bigint NOT NULL,\n  grams text NOT NULL\n);\n',
        },
      },
    ],
    expect: [{ rule: 'contract/wrong-type', file: 'db/migrations/0004_parcels.sql', at: 'grams text' }],
  },
  {
    kind: 'missing endpoint',
    name: 'refunds can be listed and not made',
    works: [
      {
        modify: ['api/refunds.go'],
        contracts: ['contracts/api-schema.yaml'],
        does: '- GET and POST of /refunds',
        files: { 'api/refunds.go': routes('refunds', 'GET /refunds') },
      },
    ],
    expect: [{ rule: 'contract/missing-endpoint', file: 'api/refunds.go', at: 'GET /refunds' }],
  },
  {
    kind: 'wrong method',
    name: 'a cart is patched, not put',
    works: [
      {
        modify: ['api/carts.go'],
        contracts: ['contracts/api-schema.yaml'],
        files: { 'api/carts.go': routes('carts', 'PATCH /carts/{id}') },
      },
    ],
    expect: [{ rule: 'contract/method-mismatch', file: 'api/carts.go', at: 'PATCH' }],
  },
  {
    kind: 'test that fails on the merged tree only',
    name: 'one task rounds what another one counts on',
    needs: GO_TOOL,
    works: [
      {
        modify: ['money/money.go'],
        files: {
          'money/money.go': [['strconv.Itoa(cents/100) + "." + strconv.Itoa(cents%100)', 'strconv.Itoa(cents / 100)']],
        },
      },
      {
        create: ['invoice/invoice.go', 'invoice/invoice_test.go'],
        files: {
          'invoice/invoice.go':
            'package invoice\n\nimport "shop/money"\n\n// Of an amount.\nfunc Of(cents int) string {\n\treturn "EUR " + money.Show(cents)\n}\n',
          'invoice/invoice_test.go': test('invoice', 'Of', [
            'if Of(150) != "EUR 1.50" {',
            '\tt.Error("an invoice shows cents")',
            '}',
          ]),
        },
      },
    ],
    expect: [{ rule: 'check/tests', file: 'invoice/invoice_test.go', at: 't.Error', by: [1] }],
  },
  {
    kind: 'failure that the base has',
    name: 'a test that failed before fails still',
    needs: GO_TOOL,
    known: true,
    works: [{ modify: ['legacy/rates.go'], files: { 'legacy/rates.go': [['return 0', 'return 21']] } }],
    expect: [{ rule: 'check/tests', file: 'legacy/rates_test.go', at: 't.Error' }],
  },
  {
    kind: 'flaky test',
    name: 'a test passes when it is run once more',
    needs: GO_TOOL,
    works: [
      {
        create: ['moody/moody_test.go'],
        files: {
          'moody/moody_test.go': test(
            'moody',
            'Moody',
            [
              'seen := os.Getenv("HOME") + "/moody"',
              'if _, err := os.Stat(seen); err != nil {',
              '\t_ = os.WriteFile(seen, nil, 0o644)',
              '\tt.Error("not yet")',
              '}',
            ],
            ['os'],
          ),
        },
      },
    ],
    expect: [{ rule: 'check/flaky', file: 'moody/moody_test.go', at: 't.Error' }],
  },
  {
    kind: 'silent conflict',
    name: 'two tasks add the same function to one package',
    needs: GO_TOOL,
    works: [
      {
        create: ['report/monthly.go'],
        files: {
          'report/monthly.go':
            'package report\n\nimport "strconv"\n\nfunc asText(cents int) string { return strconv.Itoa(cents) }\n\n// Monthly report.\nfunc Monthly(cents int) string { return asText(cents) }\n',
        },
      },
      {
        create: ['report/yearly.go'],
        files: {
          'report/yearly.go':
            'package report\n\nimport "strconv"\n\n// Yearly report.\nfunc Yearly(cents int) string { return asText(cents) }\n\nfunc asText(value int) string { return strconv.Itoa(value) }\n',
        },
      },
    ],
    expect: [
      { rule: 'check/merge', file: 'report/monthly.go', at: 'func asText', by: [0] },
      { rule: 'check/merge', file: 'report/yearly.go', at: 'func asText', by: [1] },
      { rule: 'check/build', file: 'report/yearly.go', at: 'func asText', by: [1] },
    ],
  },
  {
    kind: 'silent conflict',
    name: 'one task renames what another one starts to call',
    needs: GO_TOOL,
    works: [
      {
        modify: ['customers/customers.go'],
        files: {
          'customers/customers.go': [
            ['// IsKnown says', '// IsRegistered says'],
            ['func IsKnown(', 'func IsRegistered('],
          ],
        },
      },
      {
        create: ['login/login.go'],
        files: {
          'login/login.go':
            'package login\n\nimport "shop/customers"\n\n// Login of somebody.\nfunc Login(email string) bool {\n\treturn customers.IsKnown(email)\n}\n',
        },
      },
    ],
    expect: [{ rule: 'check/build', file: 'login/login.go', at: 'IsKnown', by: [1] }],
  },
];
