import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSource, smallPlan, taskFile } from '../../test/rig/plan-source.ts';
import { ownershipMatrix } from './ownership.ts';
import { parsePlan } from './parse.ts';

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => new TextDecoder().decode(array));
const scraps = fc.constantFrom(
  '---\n',
  '\n',
  'id: a',
  'deps: [',
  ']',
  '## Scope\n',
  'CREATE: ',
  'MODIFY:',
  'BOUNDARY: ',
  '- ',
  '`',
  '(',
  ')',
  '{',
  '}',
  ',',
  '::',
  '*',
  '**',
  '../',
  '/',
  '\\',
  '\0',
  '\u001b[2J',
  '\uFEFF',
  '\r\n',
  '&a',
  '*a',
  '| ID | a |',
  '- **ID**: b',
  '#',
  '```\n',
  '~~~',
  '"',
  "'",
  ': ',
  '<!--',
  '[x]',
  '{"waves": [',
  '{"id": ',
  '"task-001"',
  '}',
  'null',
  '1e999',
  'none',
  'owned by task-001',
  'x'.repeat(300),
  '\ud800',
  '’',
);
const text = fc.oneof(
  bytes,
  fc.array(scraps, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

/** Whatever was read: every finding can be shown, and what calls itself a plan is one. */
function check(files: Record<string, string>): void {
  const result = parsePlan({ ...planSource(files), repositoryHas: () => false }, { honorBlocks: true });
  expect(result.ok).toBe(result.plan !== null && !result.diagnostics.some(({ level }) => level === 'error'));
  for (const { line, column, message, code } of result.diagnostics) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  }
  if (!result.plan) return;
  const ids = result.plan.tasks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(result.plan.waves.flatMap((wave) => wave.tasks).sort()).toEqual([...ids].sort());
  for (const { deps, conflicts } of result.plan.tasks) {
    for (const id of [...deps, ...conflicts]) expect(ids).toContain(id);
  }
  ownershipMatrix(result.plan.tasks);
}

describe('any text at all gives findings, never an exception', () => {
  it('as manifest', () => {
    fc.assert(
      fc.property(text, (manifest) => check({ 'manifest.json': manifest, 'tasks/task-001.md': taskFile('task-001') })),
      { numRuns: 200 },
    );
  });

  it('as a manifest of the right shape', () => {
    const leaf = fc.oneof(text, fc.integer(), fc.constant(null), fc.boolean());
    const { manifest } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 2 }), tie('manifest')),
      manifest: fc.dictionary(
        fc.constantFrom(
          'waves',
          'tasks',
          'id',
          'number',
          'wave',
          'execution',
          'metadata',
          'critical_path',
          'total_tasks',
          'dependencies',
          'python',
          'add',
          'validation',
          'prompt_file',
          'files',
          'deps',
          'conflicts',
          'name',
          'tech_spec',
          'sources',
          '__proto__',
        ),
        fc.oneof(tie('value'), fc.array(tie('value'), { maxLength: 3 })),
        { maxKeys: 6 },
      ),
    }));
    fc.assert(
      fc.property(manifest, (value) =>
        check({ 'manifest.json': JSON.stringify(value), 'tasks/task-001.md': taskFile('task-001') }),
      ),
      { numRuns: 200 },
    );
  });

  it('as a task file', () => {
    fc.assert(
      fc.property(text, text, (one, other) =>
        check({ 'tasks/a.md': one, 'tasks/b.md': other, [`tasks/${'c'}.md`]: taskFile('c') }),
      ),
      { numRuns: 200 },
    );
  });

  it('as front matter', () => {
    fc.assert(
      fc.property(text, (yaml) => check({ 'tasks/a.md': `---\n${yaml}\n---\n# a\n` })),
      { numRuns: 200 },
    );
  });

  it('as a scope', () => {
    fc.assert(
      fc.property(text, text, (one, other) =>
        check({
          'tasks/a.md': taskFile('a', { scope: one }),
          'tasks/b.md': taskFile('b', { scope: `CREATE: ${other}\n${one}` }),
        }),
      ),
      { numRuns: 300 },
    );
  });
});

const MB = 512 * 1024;

describe('large input comes to an end', () => {
  it.each([
    ['one line of commas', `CREATE: ${'a,'.repeat(MB / 2)}`],
    ['one line of brackets', `CREATE: ${'({['.repeat(MB / 3)}`],
    ['closing brackets', `CREATE: ${')'.repeat(MB)}`],
    ['braces', `CREATE: ${'{a,b}'.repeat(MB / 5)}`],
    ['nested braces', `CREATE: ${'{'.repeat(MB / 2)}${'}'.repeat(MB / 2)}`],
    ['backticks', `CREATE: ${'`'.repeat(MB)}`],
    ['stars', `CREATE: ${'*'.repeat(MB)}`],
    ['blanks', `CREATE: ${' '.repeat(MB)}x`],
    ['bold', `CREATE: ${'**a '.repeat(MB / 4)}`],
    ['parentheses at the end', `CREATE: a ${'('.repeat(MB / 2)}${')'.repeat(MB / 2)}`],
    ['dashes', `CREATE: ${' - a'.repeat(MB / 4)}`],
    ['hashes', `CREATE: ${' #'.repeat(MB / 2)}`],
    ['bullets', `CREATE:\n${'- a.py\n'.repeat(MB / 8)}`],
    ['globs', `CREATE:\n${Array.from({ length: 4000 }, (_, i) => `- **/a${i}*/*.py`).join('\n')}`],
    ['directives', 'CREATE: a.py\n'.repeat(MB / 16)],
    ['colons', `${'CREATE'.repeat(MB / 8)}: a`],
    ['letters', 'A'.repeat(MB)],
    ['headings', '### Files to Create\n'.repeat(MB / 20)],
  ])('%s', (_what, scope) => {
    check({ 'tasks/a.md': taskFile('a', { scope }) });
  });

  it.each([
    ['arrays', '['.repeat(MB)],
    ['objects', '{"a":'.repeat(MB / 5)],
    ['a string', `"${'\\'.repeat(MB)}`],
    ['waves', `{"waves":[${'{},'.repeat(MB / 4)}{}]}`],
    ['keys', `{${'"a":1,'.repeat(MB / 6)}"a":1}`],
    ['an id', `{"waves":[{"number":1,"tasks":[{"id":"${'a-'.repeat(MB / 2)}"}]}]}`],
    ['numbers', `{"waves":[{"number":${'1'.repeat(MB)}}]}`],
  ])('a manifest of %s', (_what, manifest) => {
    check({ 'manifest.json': manifest, 'tasks/a.md': taskFile('a') });
  });

  it.each([
    ['a long line', `id: ${'x'.repeat(MB)}`],
    ['many lines', 'id: a\n'.repeat(MB / 6)],
    ['a list', `deps: [${'a, '.repeat(MB / 3)}]`],
    ['colons', `id: ${'a:'.repeat(MB / 2)}`],
  ])('front matter of %s', (_what, yaml) => {
    check({ 'tasks/a.md': `---\n${yaml}\n---\n` });
  });

  it('ten thousand tasks', () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => {
        const wave = 1 + Math.floor(i / 100);
        const deps = wave > 1 ? `task-${i - 100}, task-${i - 99 - (i % 100 === 99 ? 1 : 0)}` : '';
        const scope = `CREATE: src/m${i}/{a,b}.ts, src/m${i}/test/*.ts\nMODIFY: src/index.ts::s${i}\nBOUNDARY: src/m${(i + 1) % 10_000}/*`;
        return [`task-${i}`, { wave, deps, scope }];
      }),
    );
    const result = parsePlan(smallPlan(tasks));
    expect(result.diagnostics).toEqual([]);
    expect(result.plan?.tasks).toHaveLength(10_000);
  });

  it('two thousand tasks that all want the same file', () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`task-${i}`, { scope: `CREATE: a.ts\nMODIFY: b.ts\nBOUNDARY: none` }]),
    );
    const result = parsePlan(smallPlan(tasks));
    expect(result.diagnostics.filter(({ code }) => code === 'create-twice')).toHaveLength(1999);
  });

  it('two thousand tasks that share one prefix, and as many mistakes', () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`task-1-${i}`, { deps: `task-1, nobody-${i}` }]),
    );
    const result = parsePlan(smallPlan(tasks));
    expect(result.ok).toBe(false);
  });
});
