import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ApiDocument, readDocument } from './document.ts';
import { againstEmitted } from './emitted.ts';
import { judge } from './judge.ts';
import { operationsOf } from './operations.ts';

type Json = Record<string, unknown>;

/** A small API in which one part holds itself. */
function api(): Json {
  const user = { $ref: '#/components/schemas/User' };
  const json = (schema: unknown) => ({ 'application/json': { schema } });
  const id = { in: 'path', name: 'id', required: true, schema: { type: 'integer' } };
  return {
    openapi: '3.0.3',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: '/api/v1' }],
    paths: {
      '/users': {
        get: {
          parameters: [{ in: 'query', name: 'kind', schema: { type: 'string' } }],
          responses: { 200: { description: 'ok', content: json({ type: 'array', items: user }) } },
        },
        post: {
          requestBody: { content: json(user) },
          responses: { 201: { description: 'made', content: json(user) } },
        },
      },
      '/users/{id}': {
        parameters: [id],
        get: { responses: { 200: { description: 'ok', content: json(user) }, 404: { description: 'none' } } },
        delete: { responses: { 204: { description: 'gone' } } },
      },
    },
    components: {
      schemas: {
        User: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string', maxLength: 80 },
            age: { type: 'integer' },
            kind: { type: 'string', enum: ['a', 'b'] },
            born: { type: 'string', format: 'date', nullable: true },
            friend: user,
          },
        },
      },
    },
  };
}

const at = (document: Json, path: string): Json =>
  path.split(' ').reduce((value, part) => value[part] as Json, document);

async function compare(contract: Json | string, emitted: Json | string, complete = true) {
  const text = (value: Json | string) => (typeof value === 'string' ? value : stringify(value));
  const { notChecked, findings } = await judge({
    contract: { path: 'contracts/api-schema.yaml', text: text(contract) },
    siblings: [],
    sources: {},
    complete,
    emitted: typeof emitted === 'string' ? emitted : JSON.stringify(emitted),
  });
  expect(notChecked).toBeNull();
  expect(findings.every(({ basis }) => basis === 'exact')).toBe(true);
  return findings.map(({ level, message }) => `${level} ${message}`);
}

const USER = 'components schemas User';
const GET_USERS = 'paths /users get';

/** Ten edits that break who relies on the contract, and what is said of each. */
const BREAKING: [name: string, edit: (document: Json) => void, said: string][] = [
  [
    'an operation is gone',
    (d) => delete at(d, 'paths /users').post,
    'error no endpoint for POST /users was found; /api/v1/users answers to GET',
  ],
  ['a path is gone', (d) => delete at(d, 'paths')['/users/{id}'], 'error no endpoint for GET /users/{id} was found'],
  [
    'another type',
    (d) => Object.assign(at(d, `${USER} properties age`), { type: 'string' }),
    'error GET /users: response 200: [].age: string in the code, integer in the contract',
  ],
  [
    'a required property more',
    (d) => Object.assign(at(d, USER), { required: ['name', 'age'] }),
    'error POST /users: request body: the code demands age, the contract does not',
  ],
  [
    'a required property less',
    (d) => delete at(d, USER).required,
    'error GET /users: response 200: []: name may be absent in the code, never in the contract',
  ],
  [
    'a required property gone',
    (d) => {
      delete at(d, USER).required;
      delete at(d, `${USER} properties`).name;
    },
    'error GET /users: response 200: []: the code has no property name',
  ],
  [
    'an optional property gone',
    (d) => delete at(d, `${USER} properties`).age,
    'warning GET /users: response 200: []: the code has no property age',
  ],
  [
    'fewer values',
    (d) => Object.assign(at(d, `${USER} properties kind`), { enum: ['a'] }),
    'error POST /users: request body: kind: enum nothing in the code, b in the contract',
  ],
  [
    'more values',
    (d) => Object.assign(at(d, `${USER} properties kind`), { enum: ['a', 'b', 'c'] }),
    'error GET /users: response 200: [].kind: enum c in the code, nothing in the contract',
  ],
  [
    'a query parameter that must be',
    (d) =>
      (at(d, GET_USERS).parameters as Json[]).push({
        in: 'query',
        name: 'page',
        required: true,
        schema: { type: 'integer' },
      }),
    'error GET /users: the code demands a query parameter page, which the contract does not have',
  ],
  [
    'a query parameter gone',
    (d) => {
      at(d, GET_USERS).parameters = [];
    },
    'error GET /users: the code has no query parameter kind',
  ],
  [
    'another answer',
    (d) => {
      at(d, GET_USERS).responses = { 204: { description: 'x' } };
    },
    'error GET /users: the code does not tell of a response 200',
  ],
  [
    'null where never',
    (d) => Object.assign(at(d, `${USER} properties age`), { nullable: true }),
    'error GET /users: response 200: [].age: null in the code, never null in the contract',
  ],
  [
    'shorter',
    (d) => Object.assign(at(d, `${USER} properties name`), { maxLength: 8 }),
    'error POST /users: request body: name: maxLength 8 in the code, 80 in the contract',
  ],
  [
    'another body',
    (d) => {
      at(d, 'paths /users post requestBody').content = { 'text/csv': { schema: { type: 'string' } } };
    },
    'error POST /users: request body: the code does not tell of application/json',
  ],
];

/** Edits that change nothing for anybody. */
const HARMLESS: [name: string, edit: (document: Json) => void][] = [
  [
    'texts, names and tags',
    (d) => {
      Object.assign(at(d, GET_USERS), {
        summary: 's',
        description: 'd',
        operationId: 'list',
        tags: ['users'],
        security: [{ key: [] }],
      });
      Object.assign(at(d, `${USER} properties age`), { title: 'Age', description: 'in years', example: 3, default: 1 });
      Object.assign(at(d, 'info'), { title: 'Other', version: '2' });
    },
  ],
  [
    'a parameter that may be, an answer for errors',
    (d) => {
      (at(d, GET_USERS).parameters as Json[]).push({ in: 'query', name: 'page', schema: { type: 'integer' } });
      at(d, `${GET_USERS} responses`)[422] = { description: 'invalid' };
    },
  ],
  ['a property that may be', (d) => Object.assign(at(d, `${USER} properties`), { nick: { type: 'string' } })],
  [
    'another name of a path parameter',
    (d) => {
      const item = at(d, 'paths /users/{id}');
      delete at(d, 'paths')['/users/{id}'];
      at(d, 'paths')['/users/{user_id}'] = JSON.parse(JSON.stringify(item).replace('"name":"id"', '"name":"user_id"'));
    },
  ],
  [
    'the base path in the paths',
    (d) => {
      delete d.servers;
      d.paths = Object.fromEntries(Object.entries(d.paths as Json).map(([path, item]) => [`/api/v1${path}`, item]));
    },
  ],
  [
    'null in the way of 3.1',
    (d) => {
      d.openapi = '3.1.0';
      at(d, `${USER} properties`).born = {
        anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }],
        title: 'Born',
      };
      at(d, `${USER} properties`).friend = { allOf: [{ $ref: `#/${USER.replaceAll(' ', '/')}` }] };
    },
  ],
  ['widths of numbers', (d) => Object.assign(at(d, `${USER} properties age`), { format: 'int64' })],
];

describe('compared with what the project says of itself', () => {
  it.each(BREAKING)('%s', async (_, edit, said) => {
    const code = api();
    edit(code);
    const findings = await compare(api(), code);
    expect(
      findings.some((each) => each.startsWith(said)),
      findings.join('\n'),
    ).toBe(true);
  });

  it.each(HARMLESS)('%s: nothing', async (_, edit) => {
    const code = api();
    edit(code);
    const findings = (await compare(api(), code)).filter((each) => !each.startsWith('note '));
    expect(findings).toEqual([]);
  });

  it('what is wrong in a shared part is told once, with the line of that part', async () => {
    const code = api();
    Object.assign(at(code, `${USER} properties age`), { type: 'string' });
    const contract = stringify(api());
    const { findings } = await judge({
      contract: { path: 'c.yaml', text: contract },
      siblings: [],
      sources: {},
      complete: true,
      emitted: JSON.stringify(code),
    });
    const line = contract.split('\n').findIndex((text) => text.endsWith('age:')) + 2;
    expect(findings).toHaveLength(2);
    expect(findings[0]).toMatchObject({
      code: 'response-mismatch',
      contract: { file: 'c.yaml', line },
      message: 'GET /users: response 200: [].age: string in the code, integer in the contract',
    });
  });

  it('an answer of which the code says nothing is a warning', async () => {
    const code = api();
    at(code, `${GET_USERS} responses 200 content`)['application/json'] = { schema: {} };
    expect(await compare(api(), code)).toEqual(['warning GET /users: response 200: the code does not say what it is']);
  });

  it('what is missing is not told before all tasks are in; what is wrong is', async () => {
    const code = api();
    delete at(code, 'paths')['/users/{id}'];
    Object.assign(at(code, `${USER} properties age`), { type: 'string' });
    const findings = await compare(api(), code, false);
    expect(findings.filter((each) => each.includes('no endpoint'))).toEqual([]);
    expect(findings).not.toEqual([]);
  });

  it('no document: it is compared with the source instead, and says so', async () => {
    const contract = { path: 'c.yaml', text: stringify(api()) };
    const sources = { 'a.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/users")\ndef users(): ...\n' };
    const { findings } = await judge({
      contract,
      siblings: [],
      sources,
      complete: false,
      emitted: 'Traceback: no\n  - [',
    });
    expect(findings.map(({ code, basis }) => `${code} ${basis}`)).toEqual(['no-emitted-document exact']);
  });
});

const name = fc.constantFrom('id', 'name', 'age', 'items', 'type', 'title', 'required', 'properties');
const schema = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record(
      {
        type: fc.constantFrom('string', 'integer', 'number', 'boolean'),
        nullable: fc.boolean(),
        format: fc.constantFrom('date', 'int64', 'uuid'),
        enum: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
        maxLength: fc.nat(9),
      },
      { requiredKeys: ['type'] },
    ),
    fc.constantFrom<Json>({ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }, {}),
    tie('schema').map((items) => ({ type: 'array', items })),
    fc
      .tuple(fc.dictionary(name, tie('schema'), { maxKeys: 3 }), fc.uniqueArray(name, { maxLength: 3 }))
      .map(([properties, required]) => ({ type: 'object', properties, required })),
    fc
      .tuple(fc.constantFrom('oneOf', 'anyOf', 'allOf'), fc.array(tie('schema'), { minLength: 1, maxLength: 3 }))
      .map(([word, list]) => ({ [word]: list })),
  ),
})).schema;

const operation = fc.record({
  parameters: fc.uniqueArray(
    fc.record({ in: fc.constantFrom('query', 'header'), name, required: fc.boolean(), schema }),
    { maxLength: 3, selector: (each) => `${each.in} ${each.name}` },
  ),
  requestBody: fc.record({
    required: fc.boolean(),
    content: fc.dictionary(fc.constantFrom('application/json', 'text/plain'), fc.record({ schema })),
  }),
  responses: fc.dictionary(
    fc.constantFrom('200', '201', '404', 'default'),
    fc.record({ description: fc.constant('x'), content: fc.record({ 'application/json': fc.record({ schema }) }) }),
  ),
});
const document = fc.record({
  openapi: fc.constantFrom('3.0.3', '3.1.0'),
  info: fc.constant({ title: 'x', version: '1' }),
  servers: fc.constantFrom([{ url: '/' }], [{ url: 'https://x.org/{v}/api', variables: { v: { default: 'v1' } } }]),
  paths: fc.dictionary(
    fc.constantFrom('/a', '/a/b', '/a/b/'),
    fc.dictionary(fc.constantFrom('get', 'post', 'delete'), operation, { minKeys: 1, maxKeys: 2 }),
    { minKeys: 1, maxKeys: 2 },
  ),
  components: fc.record({ schemas: fc.record({ A: schema, B: schema }) }),
});

it('a document compared with itself never has findings', async () => {
  await fc.assert(
    fc.asyncProperty(document, async (value) => {
      const main = documentOf(stringify(value, { aliasDuplicateObjects: false }));
      const operations = operationsOf(main);
      const subject = { operations, others: [], documents: { main, others: new Map() }, complete: true };
      expect(await againstEmitted(subject, JSON.stringify(value))).toEqual({ ok: true, findings: [] });
    }),
    { numRuns: 40 },
  );
});

function documentOf(text: string): ApiDocument {
  const read = readDocument({ path: 'c.yaml', text });
  if (!read.ok) throw new Error(read.message);
  return read.document;
}
