import { posix } from 'node:path';
import type { SourceTree } from '../tree.ts';

/** The folder whose tsconfig.json a file belongs to: the nearest one above it, the top when there is none. */
export function projectOf(file: string, tree: SourceTree): string {
  const known = new Set(tree.files());
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (known.has(`${folder}/tsconfig.json`)) return folder;
  }
  return '';
}

export interface Config {
  /** Relative to the folder of its project. */
  path: string;
  text: string;
}

/** The config that says how the sources of a project are compiled; null: there is none. */
export async function configOf(folder: string, tree: SourceTree): Promise<Config | null> {
  const read = async (path: string) => {
    const text = await tree.read(posix.join(folder, path));
    return text === null ? null : { path, text };
  };
  const own = await read('tsconfig.json');
  const named = own && referenceIn(own.text);
  return (named === null ? null : await read(named)) ?? own;
}

/** A config that only names others, as some templates have it, gives the first of them, or the one of the sources. */
function referenceIn(text: string): string | null {
  const { files, references, compilerOptions } = parseConfig(text);
  if (!Array.isArray(references) || !Array.isArray(files) || files.length > 0 || compilerOptions !== undefined)
    return null;
  const paths = references.flatMap((each: { path?: unknown }) => (typeof each?.path === 'string' ? [each.path] : []));
  const path = paths.find((each) => /app|src|lib/.test(each)) ?? paths[0];
  if (path === undefined) return null;
  return posix.normalize(path.endsWith('.json') ? path : posix.join(path, 'tsconfig.json'));
}

interface Written {
  files?: unknown;
  references?: unknown;
  compilerOptions?: unknown;
}

/** JSON with comments and commas at the end; an empty config for anything else, about which the compiler says more. */
function parseConfig(text: string): Written {
  const plain = text
    .replaceAll(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? '')
    .replaceAll(/,(?=\s*[}\]])/g, '');
  try {
    return JSON.parse(plain) as Written;
  } catch {
    return {};
  }
}

/**
 * The project's own config, for one file more: how modules are found is the project's, what it reports besides is not. `null`
 * takes back what the project's config says.
 */
export function configFor(base: Config | null, files: readonly string[]): string {
  const compilerOptions = {
    ...(base === null && { target: 'es2022', module: 'esnext', moduleResolution: 'bundler' }),
    // Without it types in a .tsx file are not found; what says `jsx` itself, or has it from elsewhere, is left alone.
    ...((base === null || !/"(?:jsx|extends)"/.test(base.text)) && { jsx: 'preserve' }),
    strict: true,
    strictNullChecks: true,
    strictFunctionTypes: true,
    skipLibCheck: true,
    noErrorTruncation: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    rootDir: null,
    outDir: null,
    tsBuildInfoFile: null,
  };
  return JSON.stringify({
    ...(base !== null && { extends: `../${base.path}` }),
    compilerOptions,
    files,
    include: [],
    references: [],
  });
}
