import type { TranscriptReader } from '../agent/adapter.ts';
import type { Hold } from '../process/hold.ts';
import type { Limit } from '../run/failure.ts';
import { formatBytes } from '../util/size.ts';
import { coalesce } from './coalesce.ts';
import type { AttemptSpec } from './executor.ts';
import type { AttemptParts } from './live-attempt.ts';
import { followTranscript } from './transcript.ts';

/** Between two events of one kind. */
const REST_MS = 1000;

export interface Listening {
  reader: TranscriptReader;
  hold: Hold;
  /** Resolves when nothing more will be written. */
  ended: Promise<unknown>;
  /** The agent has said that it is done. */
  onLastWord(): void;
}

export interface Heard {
  /** Bytes of the agent's output that are not kept. */
  leftOut: number;
  /** What it said last about its account, unless it got an answer since. */
  limited?: Limit;
}

/** Feeds the transcript of an agent to its reader as it grows, tells what it does as events, and writes the readable log. */
export async function listen(
  { task, attempt }: Pick<AttemptSpec, 'task' | 'attempt'>,
  { adapter, emit, files, mask, maxTranscript }: AttemptParts,
  { reader, hold, ended, onLastWord }: Listening,
): Promise<Heard> {
  const name = { task, attempt };
  let limited: Limit | undefined;
  const live = coalesce((event) => {
    if (event.type === 'activity') return emit({ type: 'attempt.activity', ...name, activity: event.activity });
    const { tokens, cost, turns } = event;
    return emit({ type: 'attempt.usage', ...name, tokens, cost, ...(turns !== undefined && { turns }) });
  }, REST_MS);
  const masked = mask?.lines() ?? ((line: string) => line);
  const { leftOut } = await followTranscript({
    files,
    maxBytes: maxTranscript,
    hold,
    ended,
    render: (text) => {
      const rendered = adapter.render(text);
      return rendered === null ? null : masked(rendered);
    },
    line: (text) => {
      for (const event of reader.line(text)) {
        if (event.type === 'activity' || event.type === 'usage') live.push(event);
        else if (event.type === 'finished') onLastWord();
        else if (event.type === 'limit') {
          live.flush(); // an answer that came before must not seem to come after
          const { limit } = event;
          if (limited?.resetsAt !== limit.resetsAt || limited === undefined)
            emit({ type: 'attempt.limited', ...name, limit });
          limited = limit;
        }
        if (event.type === 'usage') limited = undefined; // it got an answer
      }
    },
  });
  if (leftOut > 0) {
    const note = `${formatBytes(leftOut)} of the agent's output are not kept: it wrote more than ${formatBytes(maxTranscript)}`;
    emit({ type: 'task.noted', task, note });
  }
  live.flush();
  return { leftOut, ...(limited && { limited }) };
}
