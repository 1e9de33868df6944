import { type JudgeOptions, judgeChanges } from './judge.ts';
import type { Change, Scope, Violation } from './scope.ts';

/**
 * What a resolution of a conflict changed and may not: besides the files in conflict, only what one of the scopes allows, the
 * task's own first. Strict whatever the policy, since nobody has asked for more than the merge.
 */
export function judgeResolution(
  changes: readonly Change[],
  { scopes, conflicted }: { scopes: readonly Scope[]; conflicted: readonly string[] },
  options: Omit<JudgeOptions, 'policy' | 'symbols'>,
): Violation[] {
  const merged = new Set(conflicted);
  return changes
    .filter(({ path }) => !merged.has(path))
    .flatMap((change) => {
      const judged = scopes.map((scope) => judgeChanges(scope, [change], { ...options, policy: 'enforce' }));
      return judged.every((violations) => violations.length > 0) ? (judged[0] ?? []) : [];
    })
    .map((violation) => ({ ...violation, severity: 'fail' }));
}
