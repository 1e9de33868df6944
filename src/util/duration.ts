const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The longest that a timer can wait, a little over 24 days. */
const TIMER_MS = 2 ** 31 - 1;

/**
 * Reads `2h`, `90s`, `1.5h`, `500ms`, `1h30m`, `2w`, or a bare number of seconds as milliseconds; null when it is none of
 * them, negative, or longer than `longest`.
 */
export function parseDuration(text: string, longest = TIMER_MS): number | null {
  const bare = text.trim().toLowerCase();
  const ms = /^\d{1,12}(?:\.\d{1,6})?$/.test(bare) ? Number(bare) * 1000 : sumOfParts(bare);
  return ms !== null && ms <= longest ? Math.round(ms) : null;
}

function sumOfParts(text: string): number | null {
  if (!/^(?:\d{1,12}(?:\.\d{1,6})?(?:ms|s|m|h|d|w)\s*)+$/.test(text)) return null;
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h|d|w)/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNIT_MS[unit!]!, 0);
}
