import { extractClaim } from '../run/claim.ts';
import type { Outcome } from '../run/failure.ts';
import { NO_COST, NO_TOKENS } from '../run/state.ts';
import type { TranscriptReader } from './adapter.ts';
import { endingSignal } from './signal.ts';
import { lastLine, oneLine } from './text.ts';

/** Enough of the output to find the JSON block in. */
const KEPT_TEXT = 64 * 1024;

/** Reads the plain output of any program: each line is an activity, the exit status decides, what it cost is not known. */
export function createCommandReader(): TranscriptReader {
  let output = '';
  return {
    line(text) {
      output = `${output}${text}\n`.slice(-KEPT_TEXT);
      const summary = oneLine(text);
      return summary === '' ? [] : [{ type: 'activity', activity: { kind: 'text', summary } }];
    },
    verdict(exit, signal, stderr) {
      const claim = extractClaim(output);
      const said = lastLine(output);
      const { outcome, message } = judge(exit, signal, lastLine(stderr) || said);
      return {
        outcome,
        message: oneLine(outcome === 'success' ? claim?.summary || said || message : message, 400),
        claim,
        tokens: NO_TOKENS,
        cost: NO_COST,
      };
    },
  };
}

function judge(exit: number | null, signal: string | null, complaint: string): { outcome: Outcome; message: string } {
  const because = complaint && `: ${complaint}`;
  const by = endingSignal(exit, signal);
  if (by === 'SIGINT') return { outcome: 'cancelled', message: `The agent was interrupted${because}` };
  if (by !== null) return { outcome: 'crashed', message: `The agent was ended by ${by}${because}` };
  if (exit === null) return { outcome: 'lost', message: 'How the agent ended is not known' };
  if (exit === 0) return { outcome: 'success', message: 'The agent finished' };
  if (exit === 126 || exit === 127) {
    return { outcome: 'agent-error', message: `The agent could not be started (exit ${exit})${because}` };
  }
  return { outcome: 'agent-error', message: `The agent failed (exit ${exit})${because}` };
}
