import { constants } from 'node:os';

/** The signal that ended a process: by name, or from the `128 + n` a shell (and Claude Code itself) reports; else null. */
export function endingSignal(exit: number | null, signal: string | null): string | null {
  if (signal !== null) return signal;
  if (exit === null || exit <= 128) return null;
  const found = Object.entries(constants.signals).find(([, number]) => number === exit - 128);
  return found ? found[0] : null;
}
