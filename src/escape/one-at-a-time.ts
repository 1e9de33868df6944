/**
 * Gives `work` as a function of which at most one runs: a call meanwhile waits for it and shares the next one, with all others
 * that came meanwhile. What it resolves with was begun after the call.
 * @param restMs at most, between the end of one and the beginning of the next, which rests for as long as the last one took:
 * calls that come thick and fast share more, and no call waits long where the work is quick
 */
export function oneAtATime(work: () => Promise<void>, restMs = 0): () => Promise<void> {
  let busy: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let rest: NodeJS.Timeout | undefined;
  const resting = (took: number) =>
    new Promise<void>((resolve) => {
      rest = setTimeout(resolve, Math.min(restMs, took));
      if (next === null) rest.unref(); // nobody waits for its end
    });
  const run = (): Promise<void> => {
    if (busy === null) {
      const began = performance.now();
      const current = work();
      const settled = current.catch(() => {});
      busy = (restMs > 0 ? settled.then(() => resting(performance.now() - began)) : settled).then(() => {
        busy = null;
      });
      return current;
    }
    rest?.ref();
    next ??= busy.then(() => {
      next = null;
      return run();
    });
    return next;
  };
  return run;
}
