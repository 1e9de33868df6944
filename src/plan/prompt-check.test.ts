import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { aPlan } from '../../test/rig/plans.ts';
import { generatePrompt } from './prompt.ts';
import { checkPrompt, fixPrompt, isValidPrompt, reportPrompts } from './prompt-check.ts';
import { block, findSections, SECTIONS } from './prompt-sections.ts';

const task = aTask();
const plan = aPlan([task]);
const generated = generatePrompt(plan, task);

const missing = (text: string) =>
  checkPrompt(text)
    .filter(({ present }) => !present)
    .map(({ section }) => section);

const without = (...names: string[]) =>
  ['TASK-001: x\n', ...SECTIONS.filter((each) => !names.includes(each)).map((each) => block(each, 'mine'))].join('\n');

describe('checkPrompt', () => {
  it('finds everything in a generated prompt, with lines', () => {
    const checks = checkPrompt(generated);
    expect(missing(generated)).toEqual([]);
    for (const { section, line } of checks) expect(generated.split('\n')[line! - 1]).toBe(`=== ${section} ===`);
  });

  it('names what is missing and what of it is critical', () => {
    const checks = checkPrompt('just do it');
    expect(checks.every(({ present, line }) => !present && line === null)).toBe(true);
    expect(checks.filter(({ critical }) => critical).map(({ section }) => section)).toEqual([
      'EXECUTION INSTRUCTIONS',
      'IMPORTANT RULES',
      'COMPLETION SIGNAL',
    ]);
  });

  it('accepts a prompt without OUTPUT FORMAT, and none without any other section', () => {
    for (const section of SECTIONS) {
      expect(isValidPrompt(without(section)), section).toBe(section === 'OUTPUT FORMAT (REQUIRED)');
    }
  });

  it.each([
    ['=== OUTPUT FORMAT ===', true],
    ['=== output format (required) ===\r', true],
    ['====  Output  Format  ====', true],
    ['===OUTPUT FORMAT===', true],
    [' === OUTPUT FORMAT ===', false],
    ['see === OUTPUT FORMAT ===', false],
    ['=== OUTPUT FORMATS ===', false],
    ['======', false],
    [`===${' '.repeat(100_000)}x===`, false],
    ['='.repeat(100_000), false],
  ])('%.40s: %s', (line, present) => {
    expect(missing(`a\n${line}\nb`).includes('OUTPUT FORMAT (REQUIRED)')).toBe(!present);
  });
});

describe('reportPrompts', () => {
  it('looks at every prompt, also at one without a task and at one that cannot be read', () => {
    const files = new Map([
      ['manifest.json', '{}'],
      ['prompts/task-001.txt', 'Do it.'],
      ['prompts/stray.txt', generated],
      ['custom/two.txt', 'Do it, too.'],
      ['custom/other.txt', 'not a prompt'],
    ]);
    const at = { code: 'not-text', level: 'error', line: 1, column: 1 } as const;
    const unreadable = [
      { ...at, file: 'prompts/broken.txt', message: 'prompts/broken.txt is not UTF-8' },
      { ...at, file: 'context.md', message: 'context.md is not UTF-8' },
    ];
    const tasks = [
      aTask({ prompt: { file: 'prompts/task-001.txt', text: 'Do it.' } }),
      aTask({ id: 'task-002', prompt: { file: 'custom/two.txt', text: 'Do it, too.' } }),
      aTask({ id: 'task-003' }),
    ];
    const reports = reportPrompts({ name: 'x', files, unreadable }, aPlan(tasks));
    expect(reports.map(({ file, task, valid, problem }) => [file, task, valid, problem])).toEqual([
      ['custom/two.txt', 'task-002', false, undefined],
      ['prompts/broken.txt', null, false, 'prompts/broken.txt is not UTF-8'],
      ['prompts/stray.txt', null, true, undefined],
      ['prompts/task-001.txt', 'task-001', false, undefined],
    ]);
    expect(reportPrompts({ name: 'x', files }, null).map(({ file }) => file)).toEqual([
      'prompts/stray.txt',
      'prompts/task-001.txt',
    ]);
  });
});

describe('fixPrompt', () => {
  it('leaves a complete prompt as it is', () => {
    expect(fixPrompt(plan, task, generated)).toBe(generated);
  });

  it('puts each missing section into its place', () => {
    for (const section of SECTIONS) {
      const fixed = fixPrompt(plan, task, without(section));
      expect(findSections(fixed).map((each) => each.section)).toEqual(SECTIONS);
    }
    expect(findSections(fixPrompt(plan, task, '')).map((each) => each.section)).toEqual(SECTIONS);
    expect(fixPrompt(plan, task, 'Do it.')).toMatch(/^Do it\.\n\n=== REQUIRED SKILLS ===\nNone\.\n\n=== CONTEXT ===/);
  });

  it('keeps the line ends of the file', () => {
    const fixed = fixPrompt(plan, task, without('CONTEXT').replaceAll('\n', '\r\n'));
    expect(fixed.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(missing(fixed)).toEqual([]);
  });

  it('adds all that is missing, keeps all that was there, puts the rules behind the context, and is done at once', () => {
    const line = fc.oneof(
      fc.constantFrom(...SECTIONS.map((section) => `=== ${section} ===`)),
      fc.constantFrom('', 'text', '=== TEST REQUIREMENTS ===', '```', ' === CONTEXT ==='),
    );
    const prompt = fc
      .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n', '\n\n'))
      .map(([lines, eol, end]) => lines.join(eol) + end);
    fc.assert(
      fc.property(prompt, (text) => {
        const fixed = fixPrompt(plan, task, text);
        expect(missing(fixed)).toEqual([]);
        expect(fixPrompt(plan, task, fixed)).toBe(fixed);

        const had = findSections(text);
        const has = new Map(findSections(fixed).map((each) => [each.section, each.offset]));
        if (!had.some(({ section }) => section === 'IMPORTANT RULES')) {
          expect(has.get('IMPORTANT RULES')).toBeGreaterThan(has.get('CONTEXT')!);
        }
        // Cut at the old sections, every piece of the old text stands unchanged in the new one, in the same order.
        const cuts = [0, ...had.map(({ offset }) => offset), text.length];
        let from = 0;
        for (let i = 1; i < cuts.length; i++) {
          const piece = text.slice(cuts[i - 1], cuts[i]);
          const at = fixed.indexOf(piece, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + piece.length;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
