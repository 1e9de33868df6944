/** Languages that have a grammar in `grammars/`, by its name there. */
export const LANGUAGES = [
  'python',
  'typescript',
  'tsx',
  'javascript',
  'go',
  'java',
  'rust',
  'ruby',
  'c-sharp',
] as const;

export type Language = (typeof LANGUAGES)[number];

const BY_EXTENSION: Record<string, Language> = {
  py: 'python',
  pyi: 'python',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  go: 'go',
  java: 'java',
  rs: 'rust',
  rb: 'ruby',
  rake: 'ruby',
  cs: 'c-sharp',
};

/** The language of a file by its extension; null for one that nothing here can parse. */
export function languageOf(path: string): Language | null {
  const extension = /\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension]! : null;
}
