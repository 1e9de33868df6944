import type { Outcome } from '../run/failure.ts';
import { endingSignal } from './signal.ts';
import { lastLine } from './text.ts';

/** How the process of an agent ended; `stderr`: its last 64 KiB. */
export interface Ending {
  exit: number | null;
  signal: string | null;
  stderr: string;
}

export interface Judgement {
  outcome: Outcome;
  message: string;
}

/** What is known of an agent that ended without saying how it went. */
export interface Unfinished {
  /** `Codex`. */
  title: string;
  /** It said anything at all. */
  started: boolean;
  /** What it was waiting for: `Reconnecting... 1/5`. */
  waiting?: string | null;
}

/** The outcome of an agent that left no result: whatever its exit status says, it has not succeeded. */
export function withoutResult({ title, started, waiting }: Unfinished, { exit, signal, stderr }: Ending): Judgement {
  const meanwhile = waiting ? ` at: ${waiting}` : '';
  const by = endingSignal(exit, signal);
  if (by === 'SIGINT') return { outcome: 'cancelled', message: `${title} was interrupted${meanwhile}` };
  if (by !== null) return { outcome: 'crashed', message: `${title} was ended by ${by} before its result${meanwhile}` };
  if (exit === null) return { outcome: 'lost', message: `${title} left no result, and how it ended is not known` };
  const complaint = lastLine(stderr);
  const because = `${meanwhile}${complaint && `: ${complaint}`}`;
  if (started || exit === 0) {
    return { outcome: 'crashed', message: `${title} ended without a result (exit ${exit})${because}` };
  }
  if (exit === 126 || exit === 127) {
    return {
      outcome: 'agent-error',
      message: `${title} could not be started (exit ${exit}): run \`copse doctor\`${because}`,
    };
  }
  return { outcome: 'agent-error', message: `${title} ended before it began (exit ${exit})${because}` };
}

const OVERLOADED = new Set([500, 502, 503, 504, 529]);

/** What the HTTP status of a refused request means. `login`: how to log in, `run \`codex login\``. */
export function byStatus(status: number, login: string): Judgement {
  if (status === 401) return { outcome: 'auth', message: `The API refused the key (401): ${login}.` };
  if (status === 402) return { outcome: 'auth', message: 'The account cannot pay for the request (402).' };
  if (status === 403) return { outcome: 'auth', message: `The account may not use the API (403): ${login}.` };
  if (status === 429) return { outcome: 'rate-limited', message: 'Rate limited (429) and out of retries.' };
  if (OVERLOADED.has(status)) {
    return { outcome: 'overloaded', message: `The API failed (${status}) after all retries.` };
  }
  return { outcome: 'agent-error', message: `The API refused the request (${status}).` };
}
