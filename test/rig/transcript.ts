import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentEvent, AgentVerdict, TranscriptReader } from '../../src/agent/adapter.ts';

/** A transcript that was recorded from a real agent, with its paths replaced. */
export const recorded = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../src/agent/fixtures/${name}.jsonl`), 'utf8');

export interface Reading {
  events: AgentEvent[];
  activities: string[];
  finishes: number;
  verdict: AgentVerdict;
}

/** Feeds a whole transcript to a reader. */
export function fed(
  reader: TranscriptReader,
  text: string,
  { exit, signal = null, stderr = '' }: { exit: number | null; signal?: string | null; stderr?: string },
): Reading {
  const events = text.split('\n').flatMap((line) => reader.line(line));
  return {
    events,
    activities: events.flatMap((event) => (event.type === 'activity' ? [event.activity.summary] : [])),
    finishes: events.filter((event) => event.type === 'finished').length,
    verdict: reader.verdict(exit, signal, stderr),
  };
}
