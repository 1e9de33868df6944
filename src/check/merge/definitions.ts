import { type Language, languageOf } from '../../syntax/languages.ts';
import type { Definition } from '../../syntax/touched.ts';
import type { MergeFault } from './fault.ts';

/** Definitions by file. */
export type Definitions = ReadonlyMap<string, readonly Definition[]>;

/** Files in which a name means one thing: the file itself; in Go the package, its tests apart. Null: nothing here reads it. */
export function unitOf(path: string): string | null {
  const language = languageOf(path);
  if (language !== 'go') return language && path;
  if (OF_A_SYSTEM.test(path)) return path;
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${path.endsWith('_test.go') ? '*_test.go' : '*.go'}`;
}

/** Compiled for some machines only. */
const OF_A_SYSTEM =
  /_(?:aix|android|darwin|dragonfly|freebsd|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|unix|386|amd64|arm|arm64|wasm)(?:_test)?\.go$/;

/**
 * Names that a unit defines more often as it was merged than on any side alone.
 * @param merged the files of the unit that the sides changed
 * @param sides the same files, as each of them left them
 */
export function definedTwice(merged: Definitions, sides: readonly Definitions[]): MergeFault[] {
  const places = byName(merged);
  const before = sides.map(byName);
  return [...places].flatMap(([name, found]) => {
    const most = Math.max(0, ...before.map((side) => side.get(name)?.length ?? 0));
    if (found.length < 2 || found.length <= most) return [];
    return found.map((place): MergeFault => {
      const others = found.filter((each) => each !== place).map(({ file, line }) => `${file}:${line}`);
      return { ...place, name: `${name} is defined twice`, message: `defined as well at ${others.join(', ')}` };
    });
  });
}

function byName(definitions: Definitions): Map<string, { file: string; line: number }[]> {
  const places = new Map<string, { file: string; line: number }[]>();
  for (const [file, all] of definitions) {
    for (const each of all.filter((definition) => isOnce(file, definition))) {
      const same = places.get(each.symbol);
      if (same) same.push({ file, line: each.line });
      else places.set(each.symbol, [{ file, line: each.line }]);
    }
  }
  return places;
}

/** Of which a second one of the name takes the place of the first, or does not compile. */
const ONCE = new Set(['function', 'class', 'method', 'type', 'trait', 'macro']);

/** What may be defined several times: overloads, classes that are opened again, implementations of several traits. */
const MANY: Partial<Record<Language, (definition: Definition) => boolean>> = {
  java: ({ kind }) => kind === 'method',
  'c-sharp': () => true,
  ruby: ({ kind }) => kind === 'class',
  rust: ({ symbol }) => symbol.includes('.'),
  go: ({ symbol }) => symbol === 'init',
};

function isOnce(file: string, definition: Definition): boolean {
  const language = languageOf(file);
  const isMany = language !== null && (MANY[language]?.(definition) ?? false);
  return ONCE.has(definition.kind) && !isMany && !/(?:^|\.)_$/.test(definition.symbol);
}
