import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteManifest } from './rewrite-manifest.ts';

const execution = { status: 'running', options: { max_concurrent: 3 }, failed_tasks: [] };

describe('rewriteManifest', () => {
  it.each([
    ['two spaces', (value: unknown) => `${JSON.stringify(value, null, 2)}\n`],
    ['four spaces, no newline at the end', (value: unknown) => JSON.stringify(value, null, 4)],
    ['tabs', (value: unknown) => `${JSON.stringify(value, null, '\t')}\n`],
    ['CRLF', (value: unknown) => `${JSON.stringify(value, null, 2)}\n`.replaceAll('\n', '\r\n')],
    ['one line', (value: unknown) => JSON.stringify(value)],
    ['a byte order mark', (value: unknown) => `\uFEFF${JSON.stringify(value, null, 2)}\n`],
  ])('keeps the layout: %s', (_how, write) => {
    const manifest = {
      tech_spec_id: 'TS-0042',
      integration: { status: 'pending' },
      waves: [{ number: 1, tasks: [] }],
      'x-ours': { b: 1, a: [1, 2] },
    };
    const written = rewriteManifest(write(manifest), {
      execution,
      integration: { status: 'completed', checks: { tests: 'pass' } },
    });
    expect(written).toBe(
      write({ ...manifest, integration: { status: 'completed', checks: { tests: 'pass' } }, execution }),
    );
  });

  it('changes no byte outside of the two keys', () => {
    const text =
      '{ "waves" : [ {"number":1} ],\n   "integration": {"status":"pending", "note": "kept"} , "z": 1.50e3, "u": "\\u00e9" }\n\n';
    const written = rewriteManifest(text, { integration: { status: 'completed' } });
    expect(written).toBe(text.replace('{"status":"pending", "note": "kept"}', '{"status":"completed","note":"kept"}'));
  });

  it('keeps keys of a section that the patch does not name', () => {
    const text = JSON.stringify({ execution: { status: 'failed', script_path: 'scripts/run.sh' } }, null, 2);
    expect(JSON.parse(rewriteManifest(text, { execution: { status: 'completed' } }))).toEqual({
      execution: { status: 'completed', script_path: 'scripts/run.sh' },
    });
  });

  it('keeps every other value and the order of keys, whatever they are', () => {
    const key = fc.string().filter((name) => name !== 'execution' && name !== 'integration');
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.jsonValue())), fc.constantFrom(undefined, 2, '\t'), (entries, indent) => {
        const value = Object.fromEntries(entries) as Record<string, unknown>;
        const text = JSON.stringify(value, null, indent);
        const written = rewriteManifest(text, { execution, integration: { status: 'x' } });
        const { execution: one, integration: other, ...rest } = JSON.parse(written) as Record<string, unknown>;
        expect(JSON.stringify(rest)).toBe(JSON.stringify(JSON.parse(text)));
        expect([one, other]).toEqual([execution, { status: 'x' }]);
        expect(rewriteManifest(written, { execution })).toBe(written);
      }),
    );
  });

  it('makes a readable file of an empty object', () => {
    expect(rewriteManifest('{}\n', { integration: { status: 'pending' } })).toBe(
      '{\n  "integration": {\n    "status": "pending"\n  }\n}\n',
    );
  });

  it('refuses what is no manifest', () => {
    expect(() => rewriteManifest('[1]', { execution })).toThrow('no JSON object');
    expect(() => rewriteManifest('{', { execution })).toThrow('no JSON object');
  });
});
