import { type FSWatcher, watch } from 'node:fs';

/** Wakes a reader of files: at once where the system tells of changes, else by polling. */
export interface Changes {
  /** Resolves at the next change, poll, `wake` or close; at once when one of them came since the last call. */
  next(): Promise<void>;
  wake(): void;
  close(): void;
}

export interface ChangesOptions {
  pollMs: number;
  signal?: AbortSignal | undefined;
  /** Of a folder, the one name that matters. */
  name?: string;
}

/**
 * Watches a file or folder that exists. What the system tells is only a hint (network file systems tell nothing, and
 * queues overflow), so there is a poll every `pollMs` besides.
 */
export function watchChanges(path: string, options: ChangesOptions): Changes {
  let pending = false;
  let closed = false;
  let resume: (() => void) | null = null;
  const wake = () => {
    if (resume === null) pending = true;
    resume?.();
    resume = null;
  };
  const watcher = tryWatch(path, (name) => {
    if (options.name === undefined || name === null || name === options.name) wake();
  });
  const poll = setInterval(wake, options.pollMs);
  options.signal?.addEventListener('abort', wake);
  return {
    next: () => {
      if (pending || closed || options.signal?.aborted) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        resume = resolve;
      });
    },
    wake,
    close: () => {
      closed = true;
      watcher?.close();
      clearInterval(poll);
      options.signal?.removeEventListener('abort', wake);
      wake();
    },
  };
}

/** Null when the path is missing or the machine's watches are used up: the poll does it alone. */
function tryWatch(path: string, changed: (name: string | null) => void): FSWatcher | null {
  try {
    const watcher = watch(path, (_, name) => changed(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
