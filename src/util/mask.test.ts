import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksSecret, maskOf } from './mask.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const of = (...parts: string[]) => parts.join('');
const KEYS: Record<string, string> = {
  'anthropic key': of('sk-', 'ant-api03-', 'aB3xYz9Q'.repeat(5)),
  'openai key': of('sk-', 'proj-', 'aB3xYz9Q'.repeat(5)),
  'github token': of('ghp', '_', 'aB3xYz9Q'.repeat(5)),
  'gitlab token': of('glpat', '-', 'aB3xYz9Q'.repeat(3)),
  'aws key id': of('AKIA', 'ABCDEFGHIJKLMNOP'),
  'google key': of('AIza', 'aB3xY'.repeat(7)),
  'slack token': of('xoxb', '-123456789012-abcdefABCDEF'),
  'stripe key': of('sk', '_live_', 'aB3xYz9Q'.repeat(3)),
  'npm token': of('npm', '_', 'aB3xYz'.repeat(6)),
  'pypi token': of('pypi', '-', 'aB3xYz9Q'.repeat(8)),
  'hugging face token': of('hf', '_', 'aB3xYz9Q'.repeat(5)),
  'sendgrid key': of('SG', '.', 'aB3xYz9Q'.repeat(2), '.', 'aB3xYz9Q'.repeat(5)),
  'twilio key': of('SK', '0123456789abcdef'.repeat(2)),
  'json web token': of('eyJ', 'hbGciOiJIUzI1NiJ9', '.', 'eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0', '.', 'dozjgNryP4J3jVmNHl0w'),
};
const nothing = maskOf({});

describe('keys of a known form', () => {
  it.each(Object.entries(KEYS))('%s', (kind, key) => {
    for (const text of [key, `a ${key} b`, `"${key}"`, `KEY=${key}`, `x\n${key}\n`]) {
      expect(nothing(text)).toBe(text.replace(key, `‹secret: ${kind}›`));
    }
  });

  it('what stands around a password stays', () => {
    expect(nothing(of('https://ada:', 'hunter2hunter2', '@example.org/x.git'))).toBe(
      'https://ada:‹secret: password›@example.org/x.git',
    );
    expect(nothing(of('Authorization: Bearer ', 'abcdef0123456789abcdef'))).toBe(
      'Authorization: Bearer ‹secret: authorization›',
    );
    expect(nothing(of('MY_SECRET="', 'aB3xYz9QcD4wVu8P', '"'))).toBe('MY_SECRET="‹secret: key›"');
  });

  it('a private key of several lines, at once and line by line', () => {
    const block = [
      of('-----BEGIN ', 'RSA PRIVATE KEY-----'),
      'MIIEabc+/=',
      'xyz',
      of('-----END ', 'RSA PRIVATE KEY-----'),
    ];
    expect(nothing(`a\n${block.join('\n')}\nb`)).toBe('a\n‹secret: private key›\nb');
    expect(nothing(JSON.stringify({ key: block.join('\n') }))).toBe('{"key":"‹secret: private key›"}');
    const lines = nothing.lines();
    const shown = ['a', ...block, 'b'].map(lines).join('\n');
    expect(shown).not.toMatch(/MIIE|xyz/);
    expect(shown).toMatch(/^a\n.*\nb$/s);
  });
});

describe('values of the environment', () => {
  const value = 'q9w8/e7r6+t5"y4 u3';
  const mask = maskOf({
    MY_TOKEN: value,
    PATH: '/usr/bin',
    API_KEY_FILE: '/run/secrets/key',
    TOKEN_LIMIT: '100000000',
  });

  it.each([
    ['as it is', value],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in a URL', encodeURIComponent(value)],
    ['in JSON', JSON.stringify(value).slice(1, -1)],
  ])('%s', (_how, text) => {
    expect(mask(`<${text}>`)).toBe('<‹MY_TOKEN›>');
  });

  it('the longest one first, and each by its name', () => {
    const two = maskOf({ A_TOKEN: 'abcdefgh1', B_TOKEN: 'abcdefgh12345' });
    expect(two('abcdefgh12345 abcdefgh1')).toBe('‹B_TOKEN› ‹A_TOKEN›');
    expect(maskOf({ X: 'short7' }, { names: ['X'] })('a short7 b')).toBe('a ‹X› b');
  });

  it('further ones: names with a star, values of others, forms', () => {
    const variables = [['LICENCE_OF_ACME', 'plain words'] as const, ['OTHER', 'other words'] as const];
    const mask = maskOf({}, { names: ['*_ACME'], variables, forms: ['acme-[0-9]+', 'x{5,}|y{5,}'] });
    expect(mask('plain words, other words')).toBe('‹LICENCE_OF_ACME›, other words');
    expect(mask('acme-123 acme-x xxxxxxyyyyy')).toBe('‹secret› acme-x ‹secret›‹secret›');
    expect(mask.find('acme-123')).toEqual([{ name: 'secrets.mask', certain: false }]);
  });

  it('a form that would take everything leaves JSON and what is masked already as they are', () => {
    const mask = maskOf({ A_TOKEN: 'abcdefgh1' }, { forms: ['.+'] });
    const json = JSON.stringify({ a: 'x"y\n', b: ['abcdefgh1'] });
    expect(JSON.parse(mask(json))).toMatchObject({ '‹secret›': expect.any(Array) });
    expect(mask('abcdefgh1')).toBe('‹A_TOKEN›');
    expect(mask(mask(json))).toBe(mask(json));
  });

  it.each([
    ['GH_TOKEN', 'x1y2z3x1y2z3', true],
    ['DB_PASSWORD', 'correct-horse', true],
    ['AWS_SECRET_ACCESS_KEY', 'aB3xYz9QaB3xYz9Q', true],
    ['SSH_AUTH_SOCK', '/tmp/agent.123', false],
    ['AUTH_METHOD', 'password-file', false],
    ['TOKEN_LIMIT', '100000000', false],
    ['API_KEY', 'changeme', false],
    ['MONKEY', 'a1b2c3d4e5f6', false],
    ['TOKEN_URL', 'https://example.org/token', false],
    ['SECRET', 'tiny', false],
  ])('%s=%s: %s', (name, text, secret) => {
    expect(looksSecret(name, text)).toBe(secret);
  });
});

describe('what is no secret stays', () => {
  it('the sources of this project, ids, hashes', () => {
    const root = join(import.meta.dirname, '..');
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:ts|md|json|py)$/.test(file)) continue;
      const text = readFileSync(join(root, file), 'utf8');
      if (nothing(text) !== text)
        expect(
          nothing(text)
            .split('\n')
            .filter((line) => line.includes('‹secret')),
        ).toEqual([]);
    }
  });

  it.each([
    'a3f09b2c4d5e6f708192a3b4c5d6e7f8091a2b3c',
    '123e4567-e89b-12d3-a456-426614174000',
    'task-001-something-that-is-quite-long-indeed-0123456789',
    'const API_KEY = process.env.API_KEY_FOR_EVERYTHING',
    'https://example.org:8080/path@2x.png',
    'git@github.com:owner/name.git',
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'Bearer of bad news and other stories from the authorization server',
    'KEY=value TOKEN: string; SECRET = "";',
  ])('%s', (text) => {
    expect(nothing(text)).toBe(text);
  });
});

it('is done at once, never breaks JSON, and leaves no value behind', () => {
  const secret = fc.constantFrom(...Object.values(KEYS), 'q9w8e7r6t5y4u3', 'p"a\\s\ns1word');
  const mask = maskOf({ A_TOKEN: 'q9w8e7r6t5y4u3', B_PASSWORD: 'p"a\\s\ns1word' });
  const text = fc.array(fc.oneof(secret, fc.string(), fc.constantFrom('"', '\n', ' ', ':', '://', '@', '=')), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join(' ');
      const once = mask(whole);
      expect(mask(once)).toBe(once);
      for (const value of ['q9w8e7r6t5y4u3', 'p"a\\s\ns1word']) expect(once).not.toContain(value);
      const json = mask(JSON.stringify({ whole, list: parts }));
      expect(JSON.parse(json)).toBeTruthy();
      for (const value of ['q9w8e7r6t5y4u3', JSON.stringify('p"a\\s\ns1word').slice(1, -1)])
        expect(json).not.toContain(value);
    }),
    { numRuns: 1000 },
  );
});
