import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Before all tests, once for all projects: where the one that needs it first builds the package, for all of them (package.ts); gone after them. */
export default function prepare(): (() => void) | undefined {
  if (process.env.COPSE_TEST_BUILD) return undefined;
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'copse-build-')));
  process.env.COPSE_TEST_BUILD = place;
  return () => rmSync(place, { recursive: true, force: true });
}
