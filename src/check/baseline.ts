import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { type CheckRun, WHOLE } from './run.ts';
import type { CheckSpec } from './spec.ts';

const count = z.int().nonnegative();
const cached = z.object({
  v: z.literal(1),
  run: z.object({
    outcome: z.enum(['passed', 'failed']),
    exit: z.int().nullable(),
    failed: z.array(z.looseObject({ id: z.string(), name: z.string(), outcome: z.literal('failed') })),
    counts: z.object({ passed: count, failed: count, skipped: count }).nullable(),
    tail: z.string(),
    ms: z.number(),
  }),
});

/** Runs of checks on base commits, kept by the tree and all that the check is made of. */
export interface Baselines {
  read(spec: CheckSpec): CheckRun | null;
  write(spec: CheckSpec, run: CheckRun): void;
}

/**
 * @param folder where they are kept
 * @param of the tree, and how it is set up
 */
export function baselines(folder: string, of: { tree: string; setup: unknown }): Baselines {
  const fileOf = ({ name, kind, ...spec }: CheckSpec) => {
    const key = createHash('sha256')
      .update(JSON.stringify([of, spec]))
      .digest('hex');
    return join(folder, `${key.slice(0, 40)}.json`);
  };
  return {
    read(spec) {
      try {
        return cached.parse(JSON.parse(readFileSync(fileOf(spec), 'utf8'))).run as CheckRun;
      } catch {
        return null; // none yet, or one that cannot be read: it is made again
      }
    },
    write(spec, run) {
      // What could not be run, or fell over as a whole, may have lacked something that is there the next time.
      if (run.outcome === 'nothing' || run.failed.some(({ id }) => id === WHOLE)) return;
      writeFileAtomic(fileOf(spec), `${JSON.stringify({ v: 1, run })}\n`);
    },
  };
}
