import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEntry, splitEntries } from './scope-entry.ts';

describe('readEntry', () => {
  it('reads a plain path as it reads one with a note, but for the note', () => {
    const char = fc.constantFrom('a', 'B', '1', '_', '.', '/', '{', '}', ',', '-', '+', '@');
    const path = fc.string({ unit: char, minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(path, fc.constantFrom('', ' ', '  '), (text, space) => {
        const plain = readEntry(`${space}${text}${space}`);
        const noted = readEntry(`${space}${text} (note)`);
        if (plain) expect(noted).toEqual({ ...plain, note: 'note', tail: false });
        else expect(readEntry(text)).toBeNull();
      }),
    );
  });

  it('splits a plain list as it splits one with parentheses in it', () => {
    const piece = fc.constantFrom('a', '/', '.b', ',', ' ', '{c,d}', '{', '}', '#', ' - ', '::');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        // What follows the last comma is an entry of its own; the parentheses make the other way of splitting necessary.
        const other = splitEntries(`${text},(x)`).filter((entry) => entry.offset < text.length || entry.text !== '(x)');
        expect(splitEntries(text).map((entry) => ({ ...entry, tail: entry.tail ?? false }))).toEqual(
          other.map((entry) => ({ ...entry, tail: entry.tail ?? false })),
        );
      }),
    );
  });

  it('says where in the text an entry stands', () => {
    const text = 'a.py, `b.py` (x),  **c.py** - y, {d,e}.py::F';
    for (const { text: path, offset } of splitEntries(text))
      expect(text.slice(offset, offset + path.length)).toBe(path);
    expect(splitEntries(text).map(({ text: path }) => path)).toEqual(['a.py', 'b.py', 'c.py', '{d,e}.py']);
  });

  it('keeps the names of a path', () => {
    for (const name of [
      'my_file__name.py',
      '__init__.py',
      'a-b--c.ts',
      'a+b@2.css',
      '*.py',
      '**/x',
      '[id].tsx',
      'a#b.ts',
      'c++/x.cc',
    ]) {
      expect(readEntry(name)).toEqual({ text: name, quoted: false, offset: 0 });
    }
  });
});
