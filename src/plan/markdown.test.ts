import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import { sectionsOf, verbatim } from './markdown.ts';

const headings = (text: string) =>
  sectionsOf(text.split('\n'))
    .slice(1)
    .map(({ heading, depth, line }) => `${line} ${'#'.repeat(depth)} ${heading}`);

describe('sectionsOf', () => {
  it('finds the headings that the markdown parser finds', () => {
    const line = fc.constantFrom(
      '# a',
      '## b',
      '   ### c',
      '    # code',
      '#no',
      '#',
      '## b ##',
      'text',
      '',
      '',
      '- item',
      '  more',
      '  ## in item',
      '> quote',
      '> # in quote',
      '```',
      '```js',
      '````',
      '~~~',
      '   ```',
      '  - ```',
      '- ```',
      '---',
      '===',
      '***',
      '--',
      '<div>',
      '<!-- # x',
      '-->',
      '<pre>',
      '</pre>',
      '1. one',
      '   # in one',
      '\t# tab',
      '| a | b |',
      '| - | - |',
      '[a]: /b',
      '**bold**',
      '-',
      '``` `',
      '\\# no',
      '    ',
      'a\\',
      '<x y>',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
        const expected = fromMarkdown(lines.join('\n')).children.flatMap((node) =>
          node.type === 'heading' ? [`${node.position!.start.line - 1} ${node.depth}`] : [],
        );
        const actual = sectionsOf(lines)
          .slice(1)
          .map((section) => `${section.line} ${section.depth}`);
        expect(actual).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('reads what a heading says', () => {
    expect(headings('# One #\n\nTwo\n---\n\n## **Three** ##\n   ### `four`\n#')).toEqual([
      '0 # One',
      '2 ## Two',
      '5 ## Three',
      '6 ### `four`',
      '7 # ',
    ]);
  });

  it('gives a section with its sub-sections', () => {
    const lines = '## A\n\n  x\n### B\ny\n\n## C\nz'.split('\n');
    const [, a, b, c] = sectionsOf(lines);
    expect(verbatim(lines, a!)).toBe('  x\n### B\ny');
    expect(verbatim(lines, b!)).toBe('y');
    expect(verbatim(lines, c!)).toBe('z');
  });

  it.each([
    ['>'.repeat(30_000), 0],
    [`${'> '.repeat(10_000)}\n# a`, 1],
    ['- '.repeat(15_000), 0],
    [`${'   #\n'.repeat(20_000)}# a`, 1],
    [`${'<a\n'.repeat(100_000)}\n# a`, 1],
    ['## a\n'.repeat(100_000), 100_000],
    ['`'.repeat(1_000_000), 0],
  ])('is not slowed down by hostile input (%#)', (text, count) => {
    expect(sectionsOf(text.split('\n')).filter(({ heading }) => heading === 'a').length).toBe(count);
  });
});
