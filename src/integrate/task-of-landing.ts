/** The task that landed by a commit with this message (see `land.ts`); null when it is no landing of this plan. */
export function taskOfLanding(message: string, plan: string): string | null {
  const [, named, task] = /^Copse-Task: (.+)\/([^/\n]+)$/m.exec(message) ?? [];
  return named === plan ? task! : null;
}
