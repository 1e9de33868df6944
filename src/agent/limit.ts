import { amount } from './json.ts';
import { nextClockTime, type WallClock } from './wall-clock.ts';

/** When a text was said, and the zone that its times are in unless it names one (`Europe/Berlin`). */
export interface Said {
  /** Milliseconds since the epoch. */
  now: number;
  zone: string;
}

/** The zone of this machine. */
export const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** No provider's window is longer than a week; what lies further away was misread. */
export const LONGEST_LIMIT_MS = 8 * 86_400_000;

/**
 * Whether a text says that the account's allowance is used up, as Claude Code and Codex word it: `You've hit your session
 * limit · resets 3am`, `Claude AI usage limit reached|1764172800`, `You've hit your usage limit. … try again in 3 days`.
 */
export function saysUsageLimit(text: string): boolean {
  return /\b(?:usage|session|weekly|5-hour|hourly|daily|opus|sonnet|spend) limit\b.{0,40}\b(?:reached|exceeded)|\bhit your\b.{0,60}\blimit|\bout of (?:usage|credits)|exceeded your current quota|usage_limit_reached/is.test(
    text,
  );
}

/**
 * When the limit that a text tells of ends, in milliseconds since the epoch; null when it does not say, when it says a time
 * that is over, or one that is further away than any limit lasts. A time without a date is the next such time.
 */
export function resetOf(text: string, said: Said): number | null {
  const at = epoch(text) ?? isoTime(text) ?? span(text, said.now) ?? clockTime(text, said);
  return at === null ? null : plausible(at, said.now);
}

/** The reset in seconds since the epoch (`resetsAt` of Claude Code's `rate_limit_event`). */
export function epochReset(seconds: unknown, now: number): number | null {
  const value = amount(seconds);
  return value === null ? null : plausible(value * 1000, now);
}

function plausible(at: number, now: number): number | null {
  return at > now && at <= now + LONGEST_LIMIT_MS ? Math.round(at) : null;
}

/** `Claude AI usage limit reached|1764172800` */
function epoch(text: string): number | null {
  const found = /\|(\d{13}|\d{10})\b/.exec(text)?.[1];
  return found === undefined ? null : Number(found) * (found.length === 10 ? 1000 : 1);
}

const AFTER = String.raw`(?:resets?|again|retry|available|after)(?:\s+(?:at|on|after|until))?:?\s+`;

function isoTime(text: string): number | null {
  const pattern = new RegExp(
    String.raw`${AFTER}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))`,
    'i',
  );
  const at = Date.parse(pattern.exec(text)?.[1] ?? '');
  return Number.isNaN(at) ? null : at;
}

const UNIT_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };
const PART = String.raw`(\d{1,6}(?:\.\d+)?)\s*(d|h|m|s)(?:ays?|(?:ou)?rs?|in(?:ute)?s?|ec(?:ond)?s?)?\b`;

/** `try again in 3 days 4 hours 5 minutes`, `resets in 2h 5m`, `retry after 30 seconds`, `in less than a minute` */
function span(text: string, now: number): number | null {
  const parts = new RegExp(
    String.raw`(?:\bin|(?:retry|again)[ -]after:?)\s+((?:${PART.replace(/\((?!\?)/g, '(?:')}[\s,]*(?:and\s+)?)+)`,
    'i',
  ).exec(text)?.[1];
  if (parts === undefined) return /\bin less than a minute/i.test(text) ? now + 60_000 : null;
  const all = [...parts.matchAll(new RegExp(PART, 'gi'))];
  return now + all.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!.toLowerCase()]!, 0);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const CLOCK = new RegExp(
  String.raw`${AFTER}(?:(${MONTHS.join('|')})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(\d{4}),?\s+)?(?:at\s+)?)?` +
    String.raw`(\d{1,2})(?::(\d\d))?(?:[\s\u202f]*([ap])\.?m\b\.?)?(?:\s*\(([A-Za-z_+\-/0-9]+)\))?`,
  'i',
);

/** `resets 3am (Europe/Berlin)`, `resets Oct 9, 10am`, `try again at Oct 9th, 2026 3:04 PM`, `resets at 15:30` */
function clockTime(text: string, said: Said): number | null {
  const found = CLOCK.exec(text);
  if (found === null) return null;
  const [, month, day, year, hours, minutes, half, zone] = found;
  if (half === undefined && minutes === undefined) return null; // a bare number is anything
  const wall = { hour: hourOf(Number(hours), half), minute: Number(minutes ?? 0) };
  if (wall.hour === null || wall.minute > 59) return null;
  const date: Partial<WallClock> =
    month === undefined
      ? {}
      : {
          month: MONTHS.indexOf(month.toLowerCase()) + 1,
          day: Number(day),
          ...(year === undefined ? {} : { year: Number(year) }),
        };
  return nextClockTime({ hour: wall.hour, minute: wall.minute, ...date }, { now: said.now, zone: zone ?? said.zone });
}

function hourOf(hours: number, half: string | undefined): number | null {
  if (half === undefined) return hours <= 23 ? hours : null;
  if (hours < 1 || hours > 12) return null;
  return (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}
