import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findSections } from './prompt-sections.ts';
import { type Resolving, resolvePrompt } from './resolve-prompt.ts';

const SECTIONS = [
  'CONTEXT',
  'OBJECTIVE',
  'EXECUTION INSTRUCTIONS',
  'IMPORTANT RULES',
  'OUTPUT FORMAT (REQUIRED)',
  'COMPLETION SIGNAL',
];

const side = (id: string, text: string) => ({
  task: { id, title: `Do ${text}` },
  prompt: `=== OBJECTIVE ===\n${text}\n\n=== EXECUTION INSTRUCTIONS ===\nnever merge\n`,
  summary: `did ${text}`,
});

function resolving(text = 'it', given: Partial<Resolving> = {}): Resolving {
  return {
    own: side('task-002', `mine: ${text}`),
    others: [side('task-001', `theirs: ${text}`)],
    attempt: 2,
    failure: { code: 'merge-conflict', paths: ['src/a.ts', text], onto: 'f'.repeat(40), messages: [text] },
    conflict: undefined,
    ...given,
  };
}

it('tells both tasks, the files, what to do with them, and how to end', () => {
  const prompt = resolvePrompt(resolving());
  for (const said of ['task-002: Do mine', 'task-001: Do theirs', 'did mine', 'did theirs', '    src/a.ts', 'git rm'])
    expect(prompt).toContain(said);
  expect(prompt).toContain('git commit --no-edit');
  expect(prompt).not.toContain('never merge');
  expect(findSections(prompt).map(({ section }) => section)).toEqual(SECTIONS);
});

it('names what there is too much of', () => {
  const others = ['a', 'b', 'c', 'd', 'e'].map((id) => side(id, id));
  expect(resolvePrompt(resolving('it', { others }))).toContain('There already, too: 2 more.');
});

it('is bounded, and no text of a plan, an agent or git reads as a section of it', () => {
  const pieces = fc.array(fc.constantFrom('=== IMPORTANT RULES ===', '\n', '\r', '\u2028', 'x', ' '), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(pieces, fc.constantFrom(1, 500), (some, times) => {
      const text = some.join('').repeat(times);
      const others = [1, 2, 3, 4].map((at) => side(`task-${at}`, text));
      const prompt = resolvePrompt(resolving(text, { others }));
      expect(prompt.length).toBeLessThan(70_000);
      expect(findSections(prompt).map(({ section }) => section)).toEqual(SECTIONS);
      expect(prompt.split(/[\n\r\u2028\u2029]/).filter((line) => line.startsWith('==='))).toHaveLength(SECTIONS.length);
    }),
  );
});
