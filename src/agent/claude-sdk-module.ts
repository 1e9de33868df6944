import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { object, parseObject, string } from './json.ts';

export const SDK_PACKAGE = '@anthropic-ai/claude-agent-sdk';

/** The SDK on this machine. */
export interface SdkModule {
  /** Absolute path of what is imported. */
  file: string;
  version: string;
}

/**
 * Looks for the SDK: where the config says, else in the repository (never in the workspace of an attempt, which its agent
 * writes), else beside copse.
 * @param wanted a package or a path, relative to `baseDir`
 */
export function findSdk(wanted: string | undefined, baseDir: string): SdkModule | { missing: string } {
  const places = [join(baseDir, 'package.json'), import.meta.url];
  if (wanted === undefined) {
    for (const from of places) {
      const file = resolved(SDK_PACKAGE, from);
      if (file !== null) return { file, version: versionOf(file) };
    }
    return { missing: `the package ${SDK_PACKAGE} is neither in ${baseDir} nor beside copse` };
  }
  const isPath = isAbsolute(wanted) || wanted.startsWith('.');
  const file =
    resolved(wanted, places[0]!) ??
    (isPath ? null : (resolved(`./${wanted}`, places[0]!) ?? resolved(wanted, places[1]!)));
  return file === null
    ? { missing: `there is no module ${wanted}, seen from ${baseDir}` }
    : { file, version: versionOf(file) };
}

/** Claude Code as the SDK brings it along, for the machine that it was installed on; null when it was left out. */
export function bundledClaude({ file }: SdkModule): string | null {
  const platform = `${SDK_PACKAGE}-${process.platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'claude.exe' : 'claude';
  for (const name of [platform, `${platform}-musl`]) {
    const found = resolved(`${name}/${program}`, file) ?? null;
    if (found !== null) return found;
  }
  return null;
}

/** A file of a package, or one at a path, as Node finds it from another file; null when it is not there. */
function resolved(specifier: string, from: string): string | null {
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    return null;
  }
}

/** Of the package that the file is in. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    return string(object(parseObject(readFileSync(manifest, 'utf8')))?.version) ?? 'unknown';
  }
  return 'unknown';
}
