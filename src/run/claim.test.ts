import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractClaim } from './claim.ts';

const full = {
  task_completed: true,
  validation_passed: true,
  files_created: ['a.py'],
  files_modified: ['b.py'],
  tests_run: 3,
  tests_passed: 3,
  tests_failed: 0,
  summary: 'Did it.',
  full_log: 'line 1\nline 2',
  error_message: null,
};

describe('extractClaim', () => {
  it('reads a fenced block in the middle of prose', () => {
    const text = `All done {really}.\n\n\`\`\`json\n${JSON.stringify(full, null, 2)}\n\`\`\`\n\nGood {bye}.`;
    expect(extractClaim(text)).toEqual(full);
  });

  it('reads a bare object inside a line, with braces and quotes in its strings', () => {
    const tricky = { summary: 'a "quoted" } { brace \\', task_completed: false };
    expect(extractClaim(`It's 5" wide: ${JSON.stringify(tricky)} - that's it`)).toEqual(tricky);
  });

  it('takes the last object that parses', () => {
    const text = '{"task_completed": false, "summary": "first"} {"task_completed": true, "summary": "second"} ';
    expect(extractClaim(text)?.summary).toBe('second');
    expect(extractClaim(`${text} {"task_completed": boolean, "summary": string}`)?.summary).toBe('second');
    expect(extractClaim(`${text} {"task_completed": true, "summ`)?.summary).toBe('second');
    expect(extractClaim(`${text} "task_completed" is what I mean }`)?.summary).toBe('second');
  });

  it('finds its object around and inside others', () => {
    expect(extractClaim('{"meta": {"a": {}}, "task_completed": true}')).toEqual({ task_completed: true });
    expect(extractClaim('{"result": {"task_completed": true, "x": {"y": 1}}, "z": 1}')).toEqual({
      task_completed: true,
    });
    expect(extractClaim('{ "a" } {"task_completed": true}')).toEqual({ task_completed: true });
    expect(extractClaim('{ an open brace\n{"task_completed": true}')).toEqual({ task_completed: true });
  });

  it('drops fields of a wrong type and unknown ones', () => {
    const odd = {
      task_completed: 'yes',
      validation_passed: 1,
      files_created: 'a.py',
      files_modified: ['a.py', 3],
      tests_run: '12',
      tests_passed: -1,
      tests_failed: 1.5,
      summary: ['x'],
      full_log: null,
      error_message: 7,
      extra: true,
      __proto__: { tests_run: 1 },
    };
    expect(extractClaim(JSON.stringify(odd))).toEqual({});
    expect(extractClaim('{"task_completed": true, "tests_run": 1e400}')).toEqual({ task_completed: true });
  });

  it('cuts what would bloat the journal', () => {
    const big = { task_completed: true, full_log: 'x'.repeat(100_000), files_created: Array(5_000).fill('a') };
    const claim = extractClaim(JSON.stringify(big));
    expect(claim?.full_log).toHaveLength(8_000);
    expect(claim?.files_created).toHaveLength(1_000);
  });

  it.each([
    '',
    'nothing here',
    '{"summary": "no key"}',
    '{"x": "task_completed"}',
    '"task_completed": true',
    '[{"task_completed": tru}]',
    '{"text": "{\\"task_completed\\": true}"}',
  ])('finds none in %j', (text) => {
    expect(extractClaim(text)).toBeNull();
  });

  it('ends soon on hostile text', () => {
    const million = 1_000_000;
    expect(extractClaim('{'.repeat(million))).toBeNull();
    expect(extractClaim(`${'{'.repeat(million)}"task_completed": true}`)).toEqual({ task_completed: true });
    expect(extractClaim('{"task_completed":'.repeat(million / 18))).toBeNull();
    expect(extractClaim('"task_completed"'.repeat(million / 16))).toBeNull();
    expect(extractClaim(`${'{"a":'.repeat(million / 5)}"task_completed"${'}'.repeat(million / 5)}`)).toBeNull();
    expect(extractClaim(`{"task_completed": true, "a": ${'['.repeat(million)}`)).toBeNull();
  });

  it('finds every claim again that is put between prose', () => {
    const prose = fc.string({ maxLength: 40 }).filter((text) => !/["{}\\]/.test(text));
    const claim = fc.record(
      {
        task_completed: fc.boolean(),
        tests_run: fc.nat(),
        files_created: fc.array(fc.string({ maxLength: 10 })),
        summary: fc.string({ maxLength: 100 }),
        error_message: fc.option(fc.string()),
      },
      { requiredKeys: ['task_completed'] },
    );
    fc.assert(
      fc.property(prose, claim, prose, fc.boolean(), (before, said, after, pretty) => {
        const text = `${before}\n${JSON.stringify(said, null, pretty ? 2 : 0)}\n${after}`;
        expect(extractClaim(text)).toEqual(said);
      }),
    );
  });

  it.each<[unknown, unknown]>([
    [[{ path: ' src/a.ts ', reason: 'to export it' }], [{ path: 'src/a.ts', reason: 'to export it' }]],
    [['src/a.ts', 7, {}, { path: '' }], [{ path: 'src/a.ts', reason: '' }]],
    ['src/a.ts::Order', [{ path: 'src/a.ts::Order', reason: '' }]],
    [[], undefined],
    [null, undefined],
    [{ reason: 'no path' }, undefined],
  ])('scope_request %j → %j', (written, read) => {
    const said = extractClaim(JSON.stringify({ task_completed: false, scope_request: written }));
    expect(said?.scope_request).toEqual(read);
  });

  it('never throws', () => {
    const piece = fc.constantFrom('{', '}', '"', '\\', '"task_completed"', ':', 'true', ',', '\n', '[', ']', 'x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        const found = extractClaim(pieces.join(''));
        expect(found === null || typeof found === 'object').toBe(true);
      }),
    );
  });
});
