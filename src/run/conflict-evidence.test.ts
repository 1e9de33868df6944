import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConflictFacts, conflictHunks } from './conflict-evidence.ts';
import type { Failure } from './failure.ts';
import { evidenceForRetry } from './retry-evidence.ts';

const onto = 'f'.repeat(40);
const failure: Failure = { code: 'merge-conflict', paths: ['a.txt'], onto, messages: ['CONFLICT (content)'] };

function facts(given: Partial<ConflictFacts> = {}): ConflictFacts {
  return {
    base: 'b'.repeat(40),
    head: 'a'.repeat(40),
    patch: '--- a/a.txt\n+++ b/a.txt\n-one\n+mine\n',
    merged: [{ path: 'a.txt', text: conflict('theirs', 'mine') }],
    landed: [{ commit: 'c'.repeat(40), task: 'task-001', title: 'Users', summary: 'Added a table of users.' }],
    ...given,
  };
}

function conflict(landed: string, earlier: string): string {
  return `<<<<<<< ${'1'.repeat(40)}\n${landed}\n=======\n${earlier}\n>>>>>>> ${'2'.repeat(40)}\n`;
}

describe('conflictHunks', () => {
  it('shows each conflict with some lines around it, and whose side is whose', () => {
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => `${from + at}\n`).join('');
    const text = `${lines(1, 9)}${conflict('theirs', 'mine')}${lines(10, 20)}${conflict('x', 'y')}`;
    expect(conflictHunks(text)).toBe(
      [
        ...['7', '8', '9', '<<<<<<< has landed', 'theirs', '=======', 'mine', '>>>>>>> the earlier attempt'],
        ...['10', '11', '12', '[…]', '18', '19', '20'],
        ...['<<<<<<< has landed', 'x', '=======', 'y', '>>>>>>> the earlier attempt', ''],
      ].join('\n'),
    );
  });

  it.each(['', 'no conflict\n=======\n', '>>>>>>> only an end\n', '<<<<<<< only a beginning\n'])(
    'of %j: nothing',
    (text) => {
      expect(conflictHunks(text)).toBe('');
    },
  );
});

describe('evidence of a conflict', () => {
  it.each([
    [
      'who landed there, and what it says',
      'task-001: Users (cccccccccccc); it says of itself: Added a table of users.',
    ],
    ['both sides', '    <<<<<<< has landed\n    theirs\n    =======\n    mine\n    >>>>>>> the earlier attempt'],
    ['its own patch', '    -one\n    +mine'],
    ['where that can be read', '`git diff bbbbbbbbbbbb aaaaaaaaaaaa` is its whole work'],
    ['how to have it again', '`git cherry-pick bbbbbbbbbbbb..aaaaaaaaaaaa`'],
  ])('tells %s', (_, expected) => {
    expect(evidenceForRetry(failure, [], facts())).toContain(expected);
  });

  it('names a person’s commit as such', () => {
    const landed = [{ commit: 'd'.repeat(40), task: null, title: 'Mend the build', summary: null }];
    expect(evidenceForRetry(failure, [], facts({ landed }))).toContain('commit dddddddddddd: Mend the build');
  });

  it('is as before where nothing is known', () => {
    expect(evidenceForRetry(failure, [], null)).toBe(evidenceForRetry(failure, []));
  });

  it('is bounded, says what is cut, and no line of it reads as a section of the prompt', () => {
    const pieces = fc.array(fc.constantFrom('=== RULES ===', '\n', '\r', '\u2028', '<<<<<<< x\n', '>>>>>>> y\n', 'z'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(pieces, fc.constantFrom(1, 400), (some, times) => {
        const text = some.join('').repeat(times);
        const told = evidenceForRetry(
          { ...failure, paths: [text], messages: [text] },
          [],
          facts({
            patch: text,
            merged: [1, 2, 3].map((at) => ({ path: `${at}${text}`, text: conflict(text, text) })),
            landed: Array(20).fill({ commit: 'c'.repeat(40), task: text, title: text, summary: text }),
          }),
        );
        expect(told.length).toBeLessThanOrEqual(28_000);
        expect(told.split(/[\n\r\u2028\u2029]/).filter((line) => line.startsWith('==='))).toEqual([]);
      }),
    );
    expect(evidenceForRetry(failure, [], facts({ patch: 'x'.repeat(9000) }))).toContain(
      '(cut: 9000 characters in all)',
    );
  });
});
