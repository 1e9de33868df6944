import fc from 'fast-check';

const letter = fc.constantFrom('a', 'b', '.');

/** Short paths over a small alphabet, so that random patterns meet them often. */
export const somePath: fc.Arbitrary<string> = fc
  .array(
    fc
      .array(letter, { minLength: 1, maxLength: 3 })
      .map((letters) => letters.join(''))
      // `.` and `..` are no names of files.
      .map((name) => (/^\.+$/.test(name) ? 'a' : name)),
    { minLength: 1, maxLength: 4 },
  )
  .map((segments) => segments.join('/'));

const atom = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b') },
  { weight: 2, arbitrary: fc.constantFrom('*', '?') },
  { weight: 1, arbitrary: fc.constantFrom('[ab]', '[^a]', '{a,b}', '{a,bb}', '.a') },
);

const segment = fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join('').replace(/\*{2,}/g, '*'));

/** Patterns over the same alphabet: literals, `*`, `?`, classes, braces (with a slash inside, too) and `**`. */
export const globPattern: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: segment },
      { weight: 1, arbitrary: fc.constant('**') },
      { weight: 1, arbitrary: fc.constantFrom('{a/b,b}', 'a{/b,}') },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((segments) => segments.join('/'));
