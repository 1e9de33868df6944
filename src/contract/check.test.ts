import { expect, it } from 'vitest';
import { checkContract } from './check.ts';
import { kindOf } from './kind.ts';

it.each([
  ['contracts/types.py', '', 'python'],
  ['contracts/types.d.ts', '', 'typescript'],
  ['contracts/tables.SQL', '', 'sql'],
  ['contracts/api-schema.yaml', '# nothing yet', 'openapi'],
  ['contracts/http.yml', 'openapi: 3.1.0', 'openapi'],
  ['contracts/http.json', '{ "openapi": "3.1.0" }', 'openapi'],
  ['contracts/order.json', '{ "$schema": "https://json-schema.org/draft/2020-12/schema" }', 'json-schema'],
  ['contracts/order.schema.json', '{ "type": "object" }', 'json-schema'],
  ['contracts/settings.yaml', 'name: x', 'other'],
  ['contracts/README.md', '', 'other'],
  ['Makefile', '', 'other'],
])('%s with %j is %s', (path, text, kind) => {
  expect(kindOf({ path, text })).toBe(kind);
});

it('an empty contract, and one that nothing can check, are not checked, which is no pass', async () => {
  const tree = { files: () => [], read: async () => null, holding: async () => [] };
  const of = (path: string, text: string) => checkContract({ path, text }, tree, { complete: true });
  expect(await of('contracts/types.ts', ' \n')).toMatchObject({ outcome: 'not-checked', why: 'the contract is empty' });
  expect(await of('contracts/notes.txt', 'x')).toEqual({
    contract: 'contracts/notes.txt',
    kind: 'other',
    outcome: 'not-checked',
    why: 'it is no OpenAPI document, no types, no JSON Schema and no SQL',
    hash: 'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    findings: [],
  });
});
