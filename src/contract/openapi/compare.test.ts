import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

const HEAD = 'openapi: 3.0.3\ninfo: { title: Shop, version: "1" }\n';
const OK = '{ responses: { "200": { description: ok } } }';
const ID = 'parameters: [{ in: path, name: id, required: true, schema: { type: integer } }]';

const CONTRACT = `${HEAD}servers: [{ url: 'https://example.org/api/v1' }]
paths:
  /users:
    get: ${OK}
    post: ${OK}
  /users/{id}:
    ${ID}
    get: ${OK}
    delete: ${OK}
`;

async function found(
  text: string,
  sources: Record<string, string>,
  more: { complete?: boolean; siblings?: string[] } = {},
) {
  const siblings = (more.siblings ?? []).map((each, at) => ({ path: `contracts/other${at}.yaml`, text: each }));
  const contract = { path: 'contracts/api-schema.yaml', text };
  const { notChecked, findings } = await judge({ contract, siblings, sources, complete: more.complete ?? true });
  const lines = findings.map(({ code, level, basis, contract: { line }, at, message }) => {
    const where = at ? ` ${at.file}:${at.line}` : '';
    return `${level} ${code} ${basis} :${line ?? '-'}${where} ${message}`;
  });
  return notChecked === null ? lines : [`not checked: ${notChecked}`, ...lines];
}

const app = (...routes: string[]) => ({
  'src/app.ts': `import express from 'express';\nconst app = express();\n${routes.join('\n')}\n`,
});
const GOOD = [
  "app.get('/api/v1/users', h);app.post('/api/v1/users', h);",
  "app.get('/api/v1/users/:id', h);app.delete('/api/v1/users/:id', h);",
];

describe('compared with source', () => {
  it('has no findings when all is there', async () => {
    expect(await found(CONTRACT, app(...GOOD))).toEqual([]);
  });

  it('missing, other method, other parameters, too much: each with both places', async () => {
    const sources = app(
      "app.get('/api/v1/users', list);",
      "app.put('/api/v1/users', create);",
      "app.get('/api/v1/users/:id/:part', one);",
      "app.get('/health', ok);",
    );
    expect(await found(CONTRACT, sources)).toEqual([
      'error method-mismatch advisory :7 src/app.ts:4 the contract has POST /users, the code PUT /api/v1/users',
      'error path-parameter-mismatch advisory :10 src/app.ts:5 the contract has GET /users/{id}, the code GET /api/v1/users/{id}/{part}: other path parameters',
      'error missing-endpoint advisory :11 no endpoint for DELETE /users/{id} was found',
      'note extra-endpoint advisory :- src/app.ts:6 GET /health is not in the contract',
    ]);
  });

  it('what is missing is not told before all tasks of the contract are in', async () => {
    expect(await found(CONTRACT, app("app.get('/users', h);"), { complete: false })).toEqual([]);
    expect(await found(CONTRACT, app("app.get('/users', h); app.put('/users', h);"), { complete: false })).toEqual([
      expect.stringContaining('method-mismatch'),
    ]);
  });

  it.each([
    ['without the base path', GOOD.map((line) => line.replaceAll('/api/v1', ''))],
    ['with a prefix that neither tells of', GOOD.map((line) => line.replaceAll('/api/v1', '/shop/v2'))],
    ['with a slash at the end', GOOD.map((line) => line.replaceAll("', h", "/', h"))],
    ['any method', ["app.all('/users', h);", "app.all('/users/:id', h);"]],
    ['handed to a proxy', ["app.all('/api/v1/*', proxy);"]],
  ])('%s it is the same API', async (_, routes) => {
    expect(await found(CONTRACT, app(...routes))).toEqual([]);
  });

  it('a page for all paths answers to nothing of the contract', async () => {
    const sources = app("app.get('*', page);");
    expect((await found(CONTRACT, sources)).filter((line) => line.includes('missing'))).toHaveLength(4);
  });

  it('a router of which nobody knows where it is mounted may be what is looked for', async () => {
    const sources = {
      'src/routes/users.ts': `import { Router } from 'express';
export const router = Router();
router.get('/', list); router.post('/', create); router.get('/:id', one);
`,
    };
    expect(await found(CONTRACT, sources)).toEqual([
      'error missing-endpoint advisory :11 no endpoint for DELETE /users/{id} was found',
    ]);
  });

  it('names of path parameters are a note', async () => {
    const routes = GOOD.map((line) => line.replaceAll(':id', ':userId'));
    expect(await found(CONTRACT, app(...routes))).toEqual([
      'note path-parameter-name advisory :10 src/app.ts:4 GET /users/{id}: the code calls {id} {userId}',
      'note path-parameter-name advisory :11 src/app.ts:4 DELETE /users/{id}: the code calls {id} {userId}',
    ]);
  });

  it('endpoints of another contract are none too many', async () => {
    const routes = [...GOOD, "app.get('/orders', h);"];
    expect(await found(CONTRACT, app(...routes), { siblings: [`${HEAD}paths: { /orders: { get: ${OK} } }`] })).toEqual(
      [],
    );
    expect(await found(CONTRACT, app(...routes))).toHaveLength(1);
  });

  it('reads Swagger 2, too', async () => {
    const text = `swagger: "2.0"\ninfo: { title: x, version: "1" }\nbasePath: /api\npaths:\n  /users:\n    get: ${OK}\n`;
    expect(await found(text, app("app.get('/api/users', h);"))).toEqual([]);
  });
});

describe('not checked, which is no pass', () => {
  it.each([
    ['no endpoint at all', CONTRACT, {}, 'no endpoint of a framework that is known here was found in the code'],
    ['no paths', `${HEAD}paths: {}\n`, app(...GOOD), 'it has no paths'],
    ['only comments', '# nothing yet\n# later\n', app(...GOOD), 'the contract is empty'],
    ['no YAML', 'openapi: 3.0.3\npaths:\n  /a: [\n', app(...GOOD), 'it cannot be read: line 4: '],
    ['another document', 'services: {}', app(...GOOD), 'it is no OpenAPI document'],
  ])('%s', async (_, text, sources, why) => {
    expect((await found(text, sources))[0]).toContain(`not checked: ${why}`);
  });

  it('a document that is too much for its size', async () => {
    const lines = [
      'a0: &a0 [x]',
      ...Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`),
    ];
    expect((await found(`openapi: 3.0.3\n${lines.join('\n')}\n`, {}))[0]).toMatch(/^not checked: it cannot be read/);
  });
});

it('faults of a contract are told with their lines, and it is compared all the same', async () => {
  const text = CONTRACT.replace(/ {4}parameters.*\n/, '').replace('version: "1"', 'x: 1');
  expect(await found(text, app(...GOOD))).toEqual([
    "warning invalid-openapi exact :1 REQUIRED must have required property 'version'",
  ]);
  const broken = CONTRACT.replace(/ {4}parameters.*\n/, '');
  expect(await found(broken, app(...GOOD))).toEqual([
    'warning invalid-openapi exact :9 `/paths/users/{id}/get` is missing path parameter(s) for `{id}`.',
    'warning invalid-openapi exact :10 `/paths/users/{id}/delete` is missing path parameter(s) for `{id}`.',
  ]);
  const ref = CONTRACT.replace(/\{ description: ok \}/, "{ $ref: '#/components/responses/None' }");
  expect(await found(ref, app(...GOOD))).toEqual([
    'warning invalid-openapi exact :1 Missing $ref pointer "#/components/responses/None". Token "components" does not exist.',
  ]);
});

it('references lead to other contracts only: not to the network, not out of the plan', async () => {
  const schema = (ref: string) =>
    CONTRACT.replaceAll(
      '{ description: ok }',
      `{ description: ok, content: { application/json: { schema: { $ref: '${ref}' } } } }`,
    );
  for (const ref of ['http://127.0.0.1:9/x.yaml#/A', '../../../../etc/hostname', 'file:///etc/hostname']) {
    expect((await found(schema(ref), app(...GOOD))).filter((line) => !line.includes('invalid-openapi'))).toEqual([]);
  }
});
