import { expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { parseShapes } from '../types/parse-shapes.ts';
import { checkJsonSchema } from './check.ts';

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Order',
  type: 'object',
  required: ['id', 'createdAt', 'lines', 'status', 'total', 'note'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    createdAt: { type: 'string', format: 'date-time' },
    lines: { type: 'array', items: { $ref: '#/$defs/order-line' } },
    status: { enum: ['placed', 'cancelled'] },
    total: { type: 'number' },
    note: { type: ['string', 'null'] },
    coupon: { type: 'string' },
  },
  additionalProperties: false,
  $defs: {
    'order-line': {
      type: 'object',
      required: ['sku'],
      properties: { sku: { type: 'string' }, quantity: { type: 'integer', default: 1 } },
    },
  },
};

const PYTHON = {
  'app/order.py': `class Status(StrEnum):
    PLACED = auto()
    CANCELLED = auto()
class OrderLine(BaseModel):
    sku: str
    quantity: int = 1
class Order(BaseModel):
    id: UUID
    created_at: datetime
    lines: list[OrderLine]
    status: Status
    total: Decimal
    note: str | None
    coupon: str | None = None
`,
};

const TYPESCRIPT = {
  'src/order.ts': `export interface OrderLine { sku: string; quantity?: number; }
export type Order = {
  id: string;
  createdAt: Date;
  lines: OrderLine[];
  status: 'cancelled' | 'placed';
  total: number;
  note: string | null;
  coupon?: string;
};
`,
};

function check(files: Record<string, string>, schema: object = SCHEMA) {
  const contract = { path: 'contracts/order.schema.json', text: JSON.stringify(schema, null, 2) };
  return checkJsonSchema(contract, sourceTree(files), { complete: true, readShapes: parseShapes });
}

it.each([
  ['Python', PYTHON],
  ['TypeScript', TYPESCRIPT],
])('is met by %s', async (_what, files) => {
  expect(await check(files)).toMatchObject({ outcome: 'met', findings: [] });
});

const PY = 'app/order.py';
const TS = 'src/order.ts';

it.each([
  [PY, 'created_at', 'made_at', 'missing-field', 'Order.createdAt is missing', 18, 7],
  [PY, 'id: UUID', 'id: int', 'wrong-type', 'Order.id is int, the contract says string (uuid)', 14, 8],
  [
    PY,
    'list[OrderLine]',
    'OrderLine',
    'wrong-type',
    'Order.lines is OrderLine, the contract says array of #/$defs/order-line',
    22,
    10,
  ],
  [PY, 'list[OrderLine]', 'list[str]', 'wrong-type', 'Order.lines is list[str]', 22, 10],
  [PY, '    CANCELLED = auto()\n', '', 'wrong-type', 'Order.status is Status', 28, 10],
  [PY, 'str | None\n', 'str\n', 'wrong-optional', 'Order.note is never null', 37, 13],
  [PY, 'total: Decimal', 'total: Decimal | None', 'wrong-optional', 'Order.total may be null', 34, 12],
  [PY, 'quantity: int = 1', 'quantity: int', 'wrong-optional', 'OrderLine.quantity must be given', 58, 6],
  [
    TS,
    'quantity?: number',
    'quantity?: string',
    'wrong-type',
    'OrderLine.quantity is string, the contract says integer',
    58,
    1,
  ],
  [TS, 'total: number', 'total?: number', 'wrong-optional', 'Order.total may be absent', 34, 7],
  [TS, "'cancelled' | 'placed'", "'placed'", 'wrong-type', "Order.status is 'placed'", 28, 6],
  [TS, 'coupon?: string', 'coupon: string', 'wrong-optional', 'Order.coupon must be given', 43, 9],
] as const)('%s with %j done as %j', async (path, from, to, code, message, wanted, found) => {
  const before = { ...PYTHON, ...TYPESCRIPT }[path];
  const text = before.replace(from, to);
  expect(text).not.toBe(before);
  const { outcome, findings } = await check({ [path]: text });
  expect(outcome).toBe('broken');
  expect(findings.filter(({ level }) => level === 'error')).toMatchObject([
    { code, message: expect.stringContaining(message), contract: { line: wanted }, at: { file: path, line: found } },
  ]);
});

it.each([
  ['a type that is none', { ...SCHEMA, type: 'objekt' }, 'type is "objekt", which is no type of JSON', 4],
  [
    'a reference to nothing',
    { ...SCHEMA, $defs: {} },
    'properties.lines.items.$ref names #/$defs/order-line, which is not there',
    25,
  ],
  ['a required property that is none', { ...SCHEMA, required: ['idd'] }, 'required names idd, which is no property', 5],
  ['an empty enum', { $defs: { A: { enum: [] } } }, '$defs.A.enum must be a list with values', 4],
  ['properties that are a list', { properties: [] }, 'properties must be an object of schemas', 2],
])('%s is no schema, which is told with its line and is no pass', async (_what, schema, message, line) => {
  expect(await check(PYTHON, schema)).toMatchObject({
    outcome: 'not-checked',
    why: `it is no valid JSON Schema: ${message}`,
    findings: [{ code: 'bad-schema', level: 'warning', contract: { file: 'contracts/order.schema.json', line } }],
  });
});

it('goes by the title, the file and the definitions; what is nowhere is no pass', async () => {
  expect(await check({ 'app/x.py': 'class Other: ...' })).toMatchObject({
    outcome: 'not-checked',
    why: 'nothing in the code is named Order, OrderLine',
  });
  expect(await check(PYTHON, { ...SCHEMA, title: 'An order of the shop' })).toMatchObject({ outcome: 'met' });
  expect(await check(PYTHON, { type: 'string' })).toMatchObject({
    outcome: 'broken',
    findings: [{ code: 'wrong-kind' }],
  });
  expect(await check(PYTHON, { description: 'anything' })).toMatchObject({ outcome: 'not-checked' });
  const text = '{ "title": ';
  const contract = { path: 'contracts/order.schema.json', text };
  expect(await checkJsonSchema(contract, sourceTree(PYTHON), { complete: true })).toMatchObject({
    outcome: 'not-checked',
    why: expect.stringContaining('line 1'),
  });
});

it('reads allOf, oneOf, const, sets and what is left open', async () => {
  const schema = {
    title: 'A',
    allOf: [
      { $ref: '#/$defs/B' },
      {
        properties: {
          x: { oneOf: [{ type: 'integer' }, { type: 'null' }] },
          y: { const: 'k' },
          z: { type: 'array', uniqueItems: true },
        },
        required: ['x', 'y', 'z'],
      },
    ],
    $defs: { B: { type: 'object' } },
  };
  const code = 'class A(TypedDict):\n    x: int | None\n    y: Literal["k"]\n    z: set\n    more: int\n';
  expect(await check({ 'a.py': code }, schema)).toMatchObject({ outcome: 'met', findings: [] });
  expect(await check({ 'a.py': code.replace('int | None', 'str | None').replace('"k"', '"l"') }, schema)).toMatchObject(
    { outcome: 'broken', findings: [{ code: 'wrong-type' }, { code: 'wrong-type' }] },
  );
});
