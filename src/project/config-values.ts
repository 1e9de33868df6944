import { z } from 'zod';
import { unsafeDirectory, unsafePath, unsafeRef } from '../plan/safety.ts';
import { parseDuration } from '../util/duration.ts';
import { parseBytes } from '../util/size.ts';

/** A duration as a user writes it (`2h`, `90s`, or seconds as a number), in milliseconds. */
export const durationFrom = (least: number) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const ms = parseDuration(String(value));
    if (ms !== null && ms >= least) return ms;
    context.addIssue({ code: 'custom', message: `is no duration: write 2h, 90m, 45s, or seconds as a number` });
    return z.NEVER;
  });

/** An amount as a user writes it (`2G`, `500MB`, or bytes as a number), in bytes. */
export const size = z.union([z.string(), z.number()]).transform((value, context) => {
  const bytes = parseBytes(String(value));
  if (bytes !== null) return bytes;
  context.addIssue({ code: 'custom', message: 'is no size: write 2G, 500MB, or bytes as a number' });
  return z.NEVER;
});

const safe = (unsafe: (path: string) => string | null) =>
  z.string().superRefine((value, context) => {
    const reason = unsafe(value);
    if (reason) context.addIssue({ code: 'custom', message: reason });
  });
/** A path in the repository. */
export const path = safe(unsafePath);
/** The same, of a folder. */
export const directory = safe(unsafeDirectory);

/** What the branches of tasks begin with. */
export const branchPrefix = z.string().superRefine((value, context) => {
  const reason = `${value}x`.split('/').map(unsafeRef).find(Boolean);
  if (reason) context.addIssue({ code: 'custom', message: `makes no branch name: it ${reason}` });
});
