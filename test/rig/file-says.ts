import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { watchChanges } from '../../src/process/changes.ts';

/** Resolves with the text of a file as soon as it is there and passes `enough` (default: it ends with a newline). */
export async function fileSays(path: string, enough = (text: string) => text.endsWith('\n')): Promise<string> {
  const changes = watchChanges(dirname(path), { pollMs: 100 });
  try {
    for (;;) {
      const text = readOrNull(path);
      if (text !== null && enough(text)) return text;
      await changes.next();
    }
  } finally {
    changes.close();
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
