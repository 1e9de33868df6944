/** An unbounded queue with one reader; what is pushed before the reader comes is kept. */
export interface Queue<T> {
  push(item: T): void;
  /** Makes the reader throw, once it has had all that was pushed before. */
  fail(error: unknown): void;
  /** Ends when the signal aborts; what is queued by then is still given out. */
  read(signal: AbortSignal): AsyncIterable<T>;
}

export function queue<T>(): Queue<T> {
  const items: T[] = [];
  let wake: (() => void) | null = null;
  let failure: { error: unknown } | null = null;
  return {
    push(item) {
      items.push(item);
      wake?.();
    },
    fail(error) {
      failure ??= { error };
      wake?.();
    },
    async *read(signal) {
      const stop = () => wake?.();
      signal.addEventListener('abort', stop);
      try {
        while (true) {
          while (items.length > 0) yield items.shift()!;
          if (failure !== null) throw failure.error;
          if (signal.aborted) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
