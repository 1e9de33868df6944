/** Wakes one waiter when something changed; a change while nobody waits is remembered. */
export function notifier() {
  let changed = false;
  let wake: (() => void) | null = null;
  return {
    notify: () => {
      changed = true;
      wake?.();
    },
    async wait(timer: Promise<void> | null): Promise<void> {
      if (!changed) {
        const next = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await (timer ? Promise.race([next, timer]) : next);
      }
      changed = false;
      wake = null;
    },
  };
}
