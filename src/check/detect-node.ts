import { z } from 'zod';
import type { CheckKind } from '../run/check.ts';
import type { Folder } from './folder.ts';
import { type CheckSpec, checkSpec, type Need } from './spec.ts';

const manifest = z.object({
  scripts: z.record(z.string(), z.string()).catch({}).default({}),
  dependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  devDependencies: z.record(z.string(), z.unknown()).catch({}).default({}),
  packageManager: z.string().optional().catch(undefined),
});

const TYPE_CHECKS = ['typecheck', 'type-check', 'check-types', 'tsc'];

/** The scripts of package.json that are known by their names, and `tsc --noEmit` where none checks types. */
export function detectNode(folder: Folder): CheckSpec[] {
  const { scripts, dependencies, devDependencies, packageManager } = readManifest(folder);
  const installs = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  const needs: Need[] = installs ? [{ packages: true }] : [];
  const manager = packageManager?.split('@')[0] ?? managerByLock(folder);
  const script = (name: string, kind: CheckKind) =>
    checkSpec({ name, kind, argv: [manager, 'run', name], needs: [{ program: manager }, ...needs] });

  const checks: CheckSpec[] = [];
  const types = TYPE_CHECKS.find((name) => scripts[name] !== undefined);
  if (types) checks.push(script(types, 'type-check'));
  else if (folder.names.has('tsconfig.json')) {
    const argv: [string, ...string[]] = ['tsc', '--noEmit', '--pretty', 'false'];
    checks.push(checkSpec({ name: 'tsc', kind: 'type-check', argv, needs: [...needs, { program: 'tsc' }] }));
  }
  if (scripts.lint) checks.push(script('lint', 'lint'));
  if (scripts.test && !/no test specified/.test(scripts.test)) checks.push(script('test', 'tests'));
  if (scripts.build) checks.push(script('build', 'build'));
  return checks;
}

function readManifest(folder: Folder): z.output<typeof manifest> {
  try {
    const read = manifest.safeParse(JSON.parse(folder.read('package.json').replace(/^\uFEFF/, '')));
    if (read.success) return read.data;
  } catch {
    // The package manager itself will say what is wrong with the file.
  }
  return manifest.parse({});
}

function managerByLock({ names }: Folder): string {
  if (names.has('pnpm-lock.yaml')) return 'pnpm';
  if (names.has('yarn.lock')) return 'yarn';
  return names.has('bun.lock') || names.has('bun.lockb') ? 'bun' : 'npm';
}
