import { runValidation } from '../integrate/validate.ts';
import type { Validation } from '../plan/plan.ts';
import type { Oid } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { MergedWorktree } from './merged-worktree.ts';

/** How long a wave's validation may take. */
const VALIDATION_MS = 30 * 60_000;

/** Runs the validation of a wave on the files of a commit. */
export async function validateMerged(
  { worktree, env }: MergedWorktree,
  { wave, commit, validation, signal }: { wave: number; commit: Oid; validation: Validation; signal?: AbortSignal },
): Promise<{ ok: true; ms: number } | { ok: false; failure: Failure }> {
  const stuck = await worktree.checkout(commit);
  if (stuck) return { ok: false, failure: stuck };
  const place = { cwd: worktree.path, env, timeoutMs: VALIDATION_MS };
  const { ok, ms, exit, tail } = await runValidation(validation, { ...place, ...(signal && { signal }) });
  if (ok) return { ok, ms };
  return { ok, failure: { code: 'validation', wave, command: validation.command, exit, tail } };
}
