/** What a clock on the wall shows; month and day from 1. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** Texts name minutes: the moment they mean is somewhere in that minute. */
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * The next moment after `now` at which clocks in `zone` show this, in milliseconds since the epoch. Without a date it is
 * today or tomorrow, without a year this one or the next. A minute that has begun ends in the future: its end counts. Where
 * clocks are put forward over the time, the moment is as long after the gap's beginning; where it comes twice, the first
 * that is still to come. Null for a zone or a date that does not exist.
 */
export function nextClockTime(
  wall: Pick<WallClock, 'hour' | 'minute'> & Partial<WallClock>,
  { now, zone }: { now: number; zone: string },
): number | null {
  const show = clockIn(zone);
  if (show === null) return null;
  for (const date of dates(wall, show(now))) {
    for (const at of moments({ ...date, hour: wall.hour, minute: wall.minute }, show)) {
      if (at > now) return at;
      if (at + MINUTE > now) return at + MINUTE;
    }
  }
  return null;
}

type Show = (at: number) => WallClock;

/** Days that are meant, the earliest first. Yesterday is asked as well: its last minute may not be over. */
function dates(wall: Partial<WallClock>, today: WallClock): Pick<WallClock, 'year' | 'month' | 'day'>[] {
  const { month, day } = wall;
  if (month !== undefined && day !== undefined) {
    const years = wall.year === undefined ? [today.year - 1, today.year, today.year + 1] : [wall.year];
    return years.filter((year) => exists(year, month, day)).map((year) => ({ year, month, day }));
  }
  return [-1, 0, 1, 2].map((days) => {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day + days));
    return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  });
}

function exists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** The moments at which the clocks of a zone show this: one, two when they are put back, one for a time that is left out. */
function moments(wall: WallClock, show: Show): number[] {
  const asUtc = utc(wall);
  const offsets = [asUtc - DAY, asUtc + DAY].map((at) => utc(show(at)) - at);
  const found = [...new Set(offsets)].map((offset) => asUtc - offset).filter((at) => utc(show(at)) === asUtc);
  return found.length > 0 ? found.sort((a, b) => a - b) : [asUtc - offsets[0]!];
}

const utc = ({ year, month, day, hour, minute }: WallClock) => Date.UTC(year, month - 1, day, hour, minute);

function clockIn(zone: string): Show | null {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    return (at) => {
      const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      return parts as unknown as WallClock;
    };
  } catch {
    return null; // no such zone
  }
}
