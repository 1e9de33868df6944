import { extractClaim } from '../run/claim.ts';
import type { Limit, Outcome } from '../run/failure.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import type { TranscriptReader } from './adapter.ts';
import { localZone, resetOf } from './limit.ts';
import { endingSignal } from './signal.ts';
import { lastLine, oneLine } from './text.ts';

/** EX_TEMPFAIL of sysexits.h: the account or the service cannot be used for now, the attempt is not to blame. */
const TEMPFAIL = 75;

/** Enough of the output to find the JSON block in. */
const KEPT_TEXT = 64 * 1024;

/** Reads the plain output of any program: each line is an activity, the exit status decides, what it cost is not known. */
export function createCommandReader(saidAt: () => number = Date.now): TranscriptReader {
  let output = '';
  return {
    line(text) {
      output += `${text}\n`;
      if (output.length > 2 * KEPT_TEXT) output = output.slice(-KEPT_TEXT);
      const summary = oneLine(text);
      return summary === '' ? [] : [{ type: 'activity', activity: { kind: 'text', summary } }];
    },
    verdict(exit, signal, stderr) {
      output = output.slice(-KEPT_TEXT);
      const claim = extractClaim(output);
      const said = lastLine(output);
      const { outcome, message } = judge(exit, signal, lastLine(stderr) || said || 'it gave no reason');
      return {
        outcome,
        message: oneLine(outcome === 'success' ? claim?.summary || said || message : message, 400),
        claim,
        tokens: NO_TOKENS,
        cost: NO_COST,
        ...(exit === TEMPFAIL && { limit: limitOf(output, lastLine(stderr) || said, saidAt()) }),
      };
    },
  };
}

/** The message says what `describeFailure` cannot know: it puts the outcome, the status and the signal before it. */
function judge(exit: number | null, signal: string | null, complaint: string): { outcome: Outcome; message: string } {
  const by = endingSignal(exit, signal);
  if (by === 'SIGINT') return { outcome: 'cancelled', message: complaint };
  if (by !== null) return { outcome: 'crashed', message: complaint };
  if (exit === null) return { outcome: 'lost', message: 'how it ended is not known' };
  if (exit === TEMPFAIL) return { outcome: 'rate-limited', message: complaint };
  if (exit === 0) return { outcome: 'success', message: 'The agent finished' };
  if (exit === 126 || exit === 127) {
    return { outcome: 'agent-error', message: `could not be started: ${complaint}` };
  }
  return { outcome: 'agent-error', message: complaint };
}

/** `"resets_at"` of its JSON block (a date with its zone, or seconds since the epoch), else what its last line says. */
function limitOf(output: string, complaint: string, now: number): Limit {
  const [, date, seconds] = [...output.matchAll(/"resets_at"\s*:\s*(?:"([^"]{1,40})"|(\d{10})\b)/g)].at(-1) ?? [];
  const zone = localZone();
  const stated = date === undefined ? `|${seconds ?? ''}` : `resets at ${date}`;
  return {
    resetsAt: resetOf(stated, { now, zone }) ?? resetOf(complaint, { now, zone }),
    text: oneLine(complaint) || 'the agent ended with status 75',
  };
}
