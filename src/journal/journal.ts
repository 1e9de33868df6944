import type { RunEvent, RunEventBody, RunId } from '../run/event.ts';

/** The single writer of one run's journal. */
export interface Journal {
  readonly run: RunId;
  readonly epoch: number;
  /** Aborted when nothing more can be written, for good; the reason is the JournalError, with code `fenced` or `gone`. */
  readonly lost: AbortSignal;
  /** Stamps the event, queues its line and returns the stamped event at once; lines reach the disk in order, in batches. */
  append(body: RunEventBody): RunEvent;
  /** Resolves when everything appended so far is on the disk (fdatasync). Rejects with code `fenced` when another coordinator took over, `gone` when somebody removed it. */
  flush(): Promise<void>;
  /** Flushes and releases the lock. */
  close(): Promise<void>;
}
