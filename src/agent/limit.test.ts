import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochReset, LONGEST_LIMIT_MS, resetOf, saysUsageLimit } from './limit.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000', ''));
/** A Thursday; 01:30 in Berlin, the day before in New York. */
const NOW = at('2026-10-08T23:30:00Z');
const read = (text: string, now = NOW, zone = 'Europe/Berlin') => iso(resetOf(text, { now, zone }));

describe('when a limit ends', () => {
  it.each([
    // Claude Code
    [`Claude AI usage limit reached|${at('2026-10-09T03:00:00Z') / 1000}`, '2026-10-09T03:00:00Z'],
    ["You've hit your session limit · resets 3am (Europe/Berlin)", '2026-10-09T01:00:00Z'],
    ["You've hit your session limit · resets 3am (Europe/Berlin) · progress saved", '2026-10-09T01:00:00Z'],
    ["You've hit your session limit · resets 1am (Europe/Berlin)", '2026-10-09T23:00:00Z'],
    ['5-hour limit reached ∙ resets 3pm', '2026-10-09T13:00:00Z'],
    ['5-hour limit reached ∙ resets 12am', '2026-10-09T22:00:00Z'],
    ['5-hour limit reached ∙ resets 12:15pm', '2026-10-09T10:15:00Z'],
    ['weekly limit reached ∙ resets Oct 9, 10am', '2026-10-09T08:00:00Z'],
    ["You've hit your weekly limit · resets Oct 14, 10:30pm (America/New_York)", '2026-10-15T02:30:00Z'],
    ["You've hit your Opus limit · resets Oct 12 at 9am (Asia/Kolkata)", '2026-10-12T03:30:00Z'],
    // Codex
    ["You've hit your usage limit. Upgrade to Pro or try again in 3 days 4 hours 5 minutes.", '2026-10-12T03:35:00Z'],
    ["You've hit your usage limit. Try again in 1 hour 1 minute.", '2026-10-09T00:31:00Z'],
    ["You've hit your usage limit, try again at 3:04 PM.", '2026-10-09T13:04:00Z'],
    ["You've hit your usage limit, or try again at Oct 12th, 2026 3:04 PM.", '2026-10-12T13:04:00Z'],
    ['try again in less than a minute', '2026-10-08T23:31:00Z'],
    // Others
    ['Rate limit reached. Please try again in 20s.', '2026-10-08T23:30:20Z'],
    ['limit reached, retry after 2h 5m', '2026-10-09T01:35:00Z'],
    ['quota exceeded, resets at 2026-10-09T10:00:00+02:00', '2026-10-09T08:00:00Z'],
    ['resets at 15:30', '2026-10-09T13:30:00Z'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    'Rate limited',
    "You've hit your usage limit. Try again later.",
    'resets 3', // of what?
    'resets 13pm',
    'resets 25:10',
    'resets 3am (Europe/Atlantis)',
    'resets Feb 30, 3am',
    'resets Oct 1, 10am', // over, and in a year from now
    'resets Nov 30, 10am', // further away than any limit
    'Claude AI usage limit reached|1500000000',
    'try again in 12 days',
    'API Error: 529 Overloaded. Try again in a moment.',
  ])('is not said by %j', (text) => {
    expect(read(text)).toBeNull();
  });

  it('of a year that ends', () => {
    expect(read('resets Jan 2, 10am', at('2026-12-30T12:00:00Z'), 'UTC')).toBe('2027-01-02T10:00:00Z');
    expect(read('resets 3am', at('2026-12-31T22:59:00Z'))).toBe('2027-01-01T02:00:00Z');
  });

  it('in the minute that is said, is its end', () => {
    expect(read('resets 3pm', at('2026-10-09T13:00:20Z'))).toBe('2026-10-09T13:01:00Z');
    expect(read('resets 12am', at('2026-10-08T22:00:59Z'))).toBe('2026-10-08T22:01:00Z');
  });

  it('where clocks are put forward over it, or back so that it comes twice', () => {
    // Berlin leaves 02:00-03:00 out on 29 March 2026, and has it twice on 25 October.
    expect(read('resets 2:30am', at('2026-03-28T20:00:00Z'))).toBe('2026-03-29T01:30:00Z');
    expect(read('resets 3am', at('2026-03-28T20:00:00Z'))).toBe('2026-03-29T01:00:00Z');
    expect(read('resets 2:30am', at('2026-10-24T20:00:00Z'))).toBe('2026-10-25T00:30:00Z');
    expect(read('resets 2:30am', at('2026-10-25T00:45:00Z'))).toBe('2026-10-25T01:30:00Z');
    expect(read('resets 2:30am', at('2026-10-25T01:45:00Z'))).toBe('2026-10-26T01:30:00Z');
  });

  it('is never over and never further away than any limit lasts, whatever is said', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
    const piece = fc.oneof(
      fc.constantFrom('resets ', 'try again at ', 'in ', 'Oct 9, ', '3am', ' (Europe/Berlin)', '|', '12:30', ' days '),
      fc.nat(2_000_000_000).map(String),
      fc.string({ maxLength: 5 }),
    );
    const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const times = fc.integer({ min: at('2020-01-01'), max: at('2040-01-01') });
    fc.assert(
      fc.property(texts, times, zones, (text, now, zone) => {
        const reset = resetOf(text, { now, zone });
        if (reset === null) return;
        expect(reset).toBeGreaterThan(now);
        expect(reset).toBeLessThanOrEqual(now + LONGEST_LIMIT_MS);
      }),
      { numRuns: 500 },
    );
  });

  it('is read back from how Claude Code writes it, in every zone, at any time of the year', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC');
    const minutes = fc.integer({ min: at('2026-01-01') / 60_000, max: at('2028-01-01') / 60_000 });
    fc.assert(
      fc.property(zones, minutes, fc.integer({ min: 1, max: 7 * 24 * 60 }), (zone, minute, ahead) => {
        const now = minute * 60_000;
        const reset = now + ahead * 60_000;
        const found = resetOf(`You've hit your limit · resets ${asClaudeWrites(reset, now, zone)}`, {
          now,
          zone: 'UTC',
        });
        // The hour that clocks show twice: the text does not say which one.
        expect([0, 3_600_000]).toContain(reset - found!);
      }),
      { numRuns: 300 },
    );
  });
});

/** As measured: a time within a day, a date and a time beyond, the zone in parentheses. */
function asClaudeWrites(reset: number, now: number, zone: string): string {
  const far = reset - now > 24 * 3_600_000;
  const minute = new Date(reset).getUTCMinutes() === 0 && !zone.includes('Kathmandu') ? undefined : '2-digit';
  const options: Intl.DateTimeFormatOptions = { hour: 'numeric', minute, hour12: true, timeZone: zone };
  const text = new Date(reset).toLocaleString('en-US', far ? { month: 'short', day: 'numeric', ...options } : options);
  return `${text.replace(/[ \u202f]([AP]M)/i, (_, half: string) => half.toLowerCase())} (${zone})`;
}

describe('figures of limits', () => {
  it('of events', () => {
    expect(iso(epochReset(NOW / 1000 + 60, NOW))).toBe('2026-10-08T23:31:00Z');
    for (const value of [NOW / 1000, NOW, '1', null, -1]) expect(epochReset(value, NOW)).toBeNull();
  });
});

describe('a usage limit', () => {
  it.each([
    'Claude AI usage limit reached|1764172800',
    "You've hit your session limit · resets 3am (Europe/Berlin)",
    '5-hour limit reached ∙ resets 3pm',
    "You've hit your weekly limit",
    "You've hit your usage limit. Upgrade to Pro",
    "You've hit your monthly spend limit.",
    'Your org is out of usage · contact your admin',
    'You exceeded your current quota, please check your plan',
  ])('is told by %j', (text) => {
    expect(saysUsageLimit(text)).toBe(true);
  });

  it.each(['API Error: 529 Overloaded', 'I added a rate limiter', 'the limit of turns was reached', 'ok'])(
    'is not told by %j',
    (text) => {
      expect(saysUsageLimit(text)).toBe(false);
    },
  );
});
