import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { aPlan } from '../../test/rig/plans.ts';
import { generatePrompt, placedPrompt, retryPrompt } from './prompt.ts';
import { splitBackground } from './prompt-background.ts';
import { findSections, SECTIONS } from './prompt-sections.ts';

const task = aTask({ id: 'task-001', contracts: ['contracts/types.py'] });
const types = { path: 'contracts/types.py', text: 'class UserDTO: ...\n' };
const whole = (context = 'Django 5.', contracts = [types]) =>
  generatePrompt(aPlan([task], { context, contracts }), task);

describe('splitBackground', () => {
  it('takes context and contracts out and says where they are', () => {
    const { background, prompt } = splitBackground(whole());
    expect(background).toMatch(/^=== CONTEXT ===\nDjango 5\.\n\n=== CONTRACTS ===\n[^=]*class UserDTO: \.\.\.\n/);
    expect(prompt).toContain('=== CONTEXT ===\nIn the system prompt, under the same heading.\n\n=== OBJECTIVE ===\n');
    expect(prompt).not.toMatch(/Django|UserDTO/);
    expect(findSections(prompt).map(({ section }) => section)).toEqual(SECTIONS);
  });

  it('leaves what a run has added at the end in the prompt, behind a last section too', () => {
    const given = `Do it.\n=== CONTRACTS ===\nclass A\n`;
    const { background, prompt } = splitBackground(retryPrompt(placedPrompt(given, ['a']), 2, 'tests failed'));
    expect(background).toBe('=== CONTRACTS ===\nclass A\n\n');
    expect(prompt).toMatch(/^Do it\.\n=== CONTRACTS ===\nIn the system prompt.*\n\n=== YOUR PLACE ===\n/);
    expect(prompt).toMatch(/=== PREVIOUS ATTEMPT ===\n[^=]*tests failed\n$/);
  });

  it.each(['', 'Just do it.', '=== CONTEXT ===', '=== CONTEXT ===\n\nNone.\n\n=== CONTRACTS ===\nnone\n'])(
    'leaves %j as it is',
    (given) => {
      expect(splitBackground(given)).toEqual({ background: '', prompt: given });
    },
  );

  it('loses no line of any text, and sends none twice', () => {
    const marker = fc.constantFrom('=== CONTEXT ===', '=== CONTRACTS ===', '=== OBJECTIVE ===', '=== X ===', '===');
    const line = fc.oneof(marker, fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const numbered = lines.map((text, at) => (text.startsWith('=') ? text : `${at} ${text.replaceAll('\n', ' ')}`));
        const { background, prompt } = splitBackground(numbered.join('\n'));
        const both = `${background}\n${prompt}`.split('\n');
        for (const text of numbered.filter((each) => !each.startsWith('='))) {
          expect(both.filter((each) => each === text)).toHaveLength(1);
        }
      }),
    );
  });
});
