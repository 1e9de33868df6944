import type { RunEventBody } from '../../src/run/event.ts';

/** A small event that is told from others by its number; `size` characters of text make it longer. */
export function noted(number: number, size = 0): RunEventBody {
  return { type: 'task.noted', task: `task-${number}`, note: `note ${number} äöü "quoted"\n${'x'.repeat(size)}` };
}
