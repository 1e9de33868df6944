import type { Oid } from './event.ts';
import { isParked } from './failure.ts';
import type { TaskState } from './state.ts';

/** What an attempt needs to go on where the one before was cut off. */
export interface CutSession {
  session: string;
  /** Of the workspace it stands in. */
  base: Oid;
  /** US dollars that the session has cost so far. */
  spentUsd: number;
}

/** The session that an attempt can go on with: the one before was cut off by a limit or a budget, with the same agent. */
export function cutSession({ attempts, removed }: TaskState, attempt: number, agent: string): CutSession | null {
  const before = attempts.find(({ number }) => number === attempt - 1);
  const session = before?.process?.session;
  if (!before?.failure || !session || removed || before.agent !== agent || !isParked(before.failure)) return null;
  const spentUsd = attempts
    .filter(({ number, process }) => number < attempt && process?.session === session)
    .reduce((sum, { cost }) => sum + (cost.usd ?? 0), 0);
  return { session, base: before.base, spentUsd };
}
