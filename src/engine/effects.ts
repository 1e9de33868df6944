import type { Journal } from '../journal/journal.ts';
import { NoSpaceError } from '../machine/no-space.ts';
import type { RunEventBody } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { RunState } from '../run/state.ts';
import type { Patient } from './patience.ts';
import type { Ports } from './ports.ts';

/** What the effects of actions work with. */
export interface Effects {
  append: (body: RunEventBody) => void;
  background: (work: Promise<void>) => void;
  /** Does it again while the disk is full and somebody runs who may make room. */
  patient: Patient;
  journal: Journal;
  ports: Ports;
  state: RunState;
}

/** The one place where an unknown throw becomes data: the task fails with it, the others go on. */
export function asInternal(error: unknown): { evidence: []; failure: Failure; escapes?: []; granted?: [] } {
  if (error instanceof NoSpaceError) throw error; // the task has not failed: resume goes on with it
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { evidence: [], failure: { code: 'internal', message } };
}
