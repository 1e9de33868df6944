import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleReport } from '../../test/rig/report.ts';
import type { Failure } from '../run/failure.ts';
import { findingsOf } from './findings.ts';
import { renderAnnotations } from './github.ts';
import { renderHtml } from './html.ts';
import { renderJUnit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';
import { reportJsonSchema, reportSchema } from './schema.ts';

/** Text that tries to be more than text. */
const HOSTILE = fc.oneof(
  fc.constantFrom(
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    ']]></failure></testsuites>',
    '\u001b[31mred\u0000\u0008',
    '::error::not one of ours\n::set-output name=a::b',
    '%0A::warning::x',
    '\ud800 \ufffe &amp; <!--',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Checks that every tag is closed, in order; gives the names of all elements. */
function elements(markup: string, empty: readonly string[] = []): Set<string> {
  const names = new Set<string>();
  const open: string[] = [];
  for (const [, close, name = '', , self] of markup.matchAll(
    /<(\/?)([a-zA-Z][\w]*)((?:\s+[\w-]+="[^"<>]*")*)\s*(\/?)>/g,
  )) {
    names.add(name);
    if (close) expect(open.pop()).toBe(name);
    else if (!self && !empty.includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
  return names;
}

/** What is left when the tags are gone holds no `<`. */
function textOf(markup: string): string {
  return markup
    .replace(/<\?xml[^>]*\?>|<!doctype html>/g, '')
    .replace(/<\/?[a-zA-Z]\w*(?:\s+[\w-]+="[^"<>]*")*\s*\/?>/g, '');
}

describe('landings that were checked first', () => {
  it('stand in the page and in the Markdown: what landed together, who did not, what is flaky', () => {
    const row = ['task-001', 'task-002, together with task-001', '-', '4', '8.2 s', 'test: b.test.ts:7 plain words'];
    expect(renderMarkdown(sampleReport())).toContain(`\n| ${row.join(' | ')} |\n`);
    expect(renderHtml(sampleReport())).toContain(`<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
    const none = { ...sampleReport(), batches: [] };
    expect(renderMarkdown(none)).not.toContain('## Landings');
    expect(renderHtml(none)).not.toContain('Landings');
  });

  it('a task that broke checks is found at each case', () => {
    const [first, second] = sampleReport().tasks;
    const cases = [{ name: 'adds', file: 'sum.test.ts', line: 3 }, { name: 'whole' }];
    const checks = [{ name: 'test', command: 'npm test', exit: 1, cases, more: 0, tail: '' }];
    const failure: Failure = { code: 'checks', checks, with: ['task-001'], onto: '' };
    const tasks = [first!, { ...second!, attempts: [{ ...second!.attempts[0]!, failure }] }];
    expect(findingsOf({ ...sampleReport(), tasks })[0]).toMatchObject({
      rule: 'task/checks',
      file: 'sum.test.ts',
      line: 3,
      message: expect.stringContaining(
        'breaks what passed before it, together with task-001: test (sum.test.ts:3 adds',
      ),
    });
  });
});

describe('the findings of a report', () => {
  it('names what failed first, each with its task and file', () => {
    expect(
      findingsOf(sampleReport()).map(({ level, rule, tasks, file, line }) => [level, rule, tasks[0], file, line]),
    ).toEqual([
      ['error', 'task/merge-conflict', 'task-002', 'src/a b.ts', undefined],
      ['error', 'task/merge-conflict', 'task-002', 'src/c.ts', undefined],
      ['error', 'task/blocked', 'task-003', undefined, undefined],
      ['error', 'wave/validation', undefined, undefined, undefined],
      ['warning', 'scope/outside', 'task-001', 'README.md', undefined],
      ['error', 'scope/boundary', 'task-001', 'src/ä.ts', 12],
      ['error', 'check/tests', 'task-001', 'a.test.ts', undefined],
      ['warning', 'check/flaky', undefined, 'b.test.ts', 7],
      ['warning', 'escape/changed', 'task-002', 'config.json', undefined],
      ['warning', 'gate/content', 'task-001', undefined, undefined],
    ]);
  });
});

describe('JUnit', () => {
  it('has a case a task and a validation, with what failed', () => {
    const xml = renderJUnit(sampleReport());
    expect(xml).toContain('<testsuites name="copse" tests="5" failures="2" skipped="2" time="8.000">');
    expect(xml).toContain('<testcase name="task-001 plain words" classname="TS-0042-shop: tasks" time="4.000"/>');
    expect(xml).toMatch(/name="wave 1: npm test"[^>]*>\n {6}<failure message="[^"]*">1 failed: plain words</);
    expect(xml).toContain('<skipped message="blocked"/>');
  });

  it('is well-formed whatever is said in it', () => {
    fc.assert(
      fc.property(HOSTILE, (said) => {
        const xml = renderJUnit(sampleReport(said));
        expect([...elements(xml)].sort()).toEqual(['failure', 'skipped', 'testcase', 'testsuite', 'testsuites']);
        expect(textOf(xml)).not.toMatch(/[<\u0000-\u0008\u000b-\u001f\ufffe\uffff]|&(?!amp;|lt;|gt;|quot;|#10;)/);
      }),
    );
  });
});

describe('SARIF', () => {
  it('places findings in files, and knows all their rules', () => {
    const { version, runs } = JSON.parse(renderSarif(sampleReport(), '1.2.3'));
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    expect(tool.driver).toMatchObject({ name: 'copse', version: '1.2.3' });
    for (const { ruleId, ruleIndex, message } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(message.text).not.toBe('');
    }
    expect(results[0].locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: 'src/a%20b.ts', uriBaseId: '%SRCROOT%' } } },
    ]);
    expect(results[5].locations[0].physicalLocation.region).toEqual({ startLine: 12 });
    expect(results[5].locations[0].physicalLocation.artifactLocation.uri).toBe('src/%C3%A4.ts');
  });
});

describe('annotations', () => {
  it('are lines that GitHub reads', () => {
    expect(renderAnnotations(sampleReport())).toContain(
      '::error file=src/ä.ts,line=12,title=scope/boundary::task-001 changed src/ä.ts:12 User.save (plain words)',
    );
  });

  it('stay one line each, of ours, whatever is said', () => {
    fc.assert(
      fc.property(HOSTILE, (said) => {
        for (const line of renderAnnotations(sampleReport(said))) {
          expect(line).toMatch(/^::(?:error|warning) [^\r\n]*$/);
          expect(line.match(/::/g)!.length).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  it('are as many as are shown, and say how many are not', () => {
    const report = sampleReport();
    report.violations = Array.from({ length: 30 }, (_, n) => ({ ...report.violations[0]!, path: `f${n}` }));
    const warnings = renderAnnotations(report).filter((line) => line.startsWith('::warning'));
    expect(warnings.length).toBe(10);
    expect(warnings.at(-1)).toContain('and 24 more');
  });
});

describe('HTML', () => {
  it('shows evidence beside the claim, and a bar for each attempt', () => {
    const html = renderHtml(sampleReport());
    expect(html).toContain('! content: plain words');
    expect(html).toContain('claimed: completed: true; tests run: 12; plain words');
    expect(html.match(/<i class="(?:passed|failed)"/g)!.length).toBe(2);
    expect(html).not.toMatch(/<script|https?:|url\(/);
  });

  it('is markup of ours alone, whatever is said in it', () => {
    const known = elements(renderHtml(sampleReport()), ['meta', 'br']);
    fc.assert(
      fc.property(HOSTILE, (said) => {
        const html = renderHtml(sampleReport(said));
        expect([...elements(html, ['meta', 'br'])].filter((name) => !known.has(name))).toEqual([]);
        expect(textOf(html)).not.toMatch(/[<\u0000-\u0008\u000b-\u001f]/);
      }),
    );
  });
});

describe('the schema of report.json', () => {
  it('is what docs/report.schema.json publishes: npm run schema', () => {
    const published = readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
  });

  it('takes a report, and no other version of one', () => {
    const written = JSON.parse(JSON.stringify(sampleReport()));
    expect(reportSchema.safeParse(written).error).toBeUndefined();
    expect(reportSchema.safeParse({ ...written, v: 2 }).success).toBe(false);
    expect(reportSchema.safeParse({ ...written, tasks: undefined }).success).toBe(false);
  });
});
