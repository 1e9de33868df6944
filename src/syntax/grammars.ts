import type { Grammar } from './grammar.ts';
import { cSharp } from './grammars/c-sharp.ts';
import { go } from './grammars/go.ts';
import { java } from './grammars/java.ts';
import { javascript, typescript } from './grammars/javascript.ts';
import { python } from './grammars/python.ts';
import { ruby } from './grammars/ruby.ts';
import { rust } from './grammars/rust.ts';
import type { Language } from './languages.ts';

/** How definitions look in each language. */
export const GRAMMARS: Record<Language, Grammar> = {
  python,
  typescript,
  tsx: typescript,
  javascript,
  go,
  java,
  rust,
  ruby,
  'c-sharp': cSharp,
};
