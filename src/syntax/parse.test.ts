import { describe, expect, it } from 'vitest';
import { LANGUAGES, type Language, languageOf } from './languages.ts';
import { MAX_TEXT } from './limits.ts';
import { parse } from './parse.ts';

const SAMPLES: Record<Language, string> = {
  python: 'class A:\n    def f(self) -> int:\n        return 1\n',
  typescript: 'export class A<T> { f(x: T): x is T { return true; } }\n',
  tsx: 'export const A = (): JSX.Element => <p className="x">hi</p>;\n',
  javascript: 'class A { #x = 1; async *f() { yield this.#x; } }\nconst B = () => <p>hi</p>;\n',
  go: 'package a\n\ntype S[T any] struct{ x T }\n\nfunc (s *S[T]) Do() error { return nil }\n',
  java: 'record P(int x) { P { assert x > 0; } int twice() { return switch (x) { case 1 -> 2; default -> 2 * x; }; } }\n',
  rust: 'struct P;\nimpl std::fmt::Display for P { fn fmt(&self) -> Result { Ok(()) } }\n',
  ruby: 'module M\n  class A < B\n    def f = 1\n    def self.g(x:) = x\n  end\nend\n',
  'c-sharp': 'namespace N;\npublic record A(int X) { public int Y { get; init; } = 1; public A() : this(1) {} }\n',
};

describe('parse', () => {
  it.each(LANGUAGES)('%s', async (language) => {
    const good = await parse(SAMPLES[language], language);
    expect(good!.rootNode.hasError).toBe(false);
    const bad = await parse(`${SAMPLES[language]}\n}}} class ( {`, language);
    expect(bad!.rootNode.hasError).toBe(true);
  });

  it('reads any text: UTF-16, NUL, nothing', async () => {
    const tree = await parse('x = "🌲é"  # 木\ny = 1\n', 'python');
    expect(tree!.rootNode.descendantsOfType('identifier').map((node) => [node?.text, node?.startIndex])).toEqual([
      ['x', 0],
      ['y', 15],
    ]);
    expect((await parse('', 'go'))!.rootNode.text).toBe('');
    expect(await parse('a\0b', 'ruby')).not.toBeNull();
  });

  it('gives up on what is too large', async () => {
    expect(await parse('x'.repeat(MAX_TEXT + 1), 'python')).toBeNull();
  });
});

describe('languageOf', () => {
  it.each([
    ['a.py', 'python'],
    ['src/a.d.ts', 'typescript'],
    ['src/App.TSX', 'tsx'],
    ['a.mjs', 'javascript'],
    ['a.cs', 'c-sharp'],
    ['a.constructor', null],
    ['Makefile', null],
    ['a.py.orig', null],
    ['', null],
  ])('%s → %s', (path, language) => {
    expect(languageOf(path)).toBe(language);
  });
});
