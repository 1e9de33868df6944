import { fileURLToPath } from 'node:url';
import { type ExecResult, exec } from '../../process/exec.ts';
import { PACKAGE_ROOT } from '../../util/package-root.ts';
import type { Module, ReadShapes } from './shape.ts';

/** Some hundred files take seconds. */
const TIMEOUT_MS = 120_000;

/** Parses in a process of its own: what parsers take they never give back, and every later start of an agent would pay for it. */
export const readShapes: ReadShapes = shapesBy(fileURLToPath(new URL('bin/read-shapes.js', PACKAGE_ROOT)));

/** The same, by a program that node runs. */
export function shapesBy(program: string): ReadShapes {
  return async (files) => {
    const input = JSON.stringify(files.map(({ path, text, references }) => ({ path, text, references })));
    const result = await exec(process.execPath, [program], { input, timeoutMs: TIMEOUT_MS });
    if (result.exit !== 0) return { failed: `the code could not be parsed: ${reasonOf(result)}` };
    const { modules } = JSON.parse(result.stdout.toString('utf8')) as { modules: [string, Module][] };
    return { modules: new Map(modules) };
  };
}

function reasonOf({ timedOut, spawnError, stderr, exit, signal }: ExecResult): string {
  if (timedOut) return `it took more than ${TIMEOUT_MS / 1000} s`;
  const said = /^\w*Error\b.*$/m.exec(stderr.toString('utf8'))?.[0];
  return said ?? spawnError ?? signal ?? `exit ${exit}`;
}
