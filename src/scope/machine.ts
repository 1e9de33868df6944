import { type CharSet, EVERYTHING, just, NOT_SLASH } from './charset.ts';
import type { Token } from './tokens.ts';

/** Consume one character of `set`, or go on at several places without consuming. */
export type Step = { set: CharSet; next: number } | { split: number[] };

/** A small non-deterministic machine that reads a path: matching and overlap are polynomial with it, and cannot disagree. */
export interface Machine {
  steps: Step[];
  start: number;
  /** Index of the accepting step. */
  accept: number;
}

/** The machine of a pattern's pieces; without pieces it accepts nothing. */
export function machineOf(tokens: Token[]): Machine {
  const steps: Step[] = [{ split: [] }];
  const start = tokens.length === 0 ? add(steps, { split: [] }) : build(steps, tokens, 0);
  return { steps, start, accept: 0 };
}

/** All steps that can be reached without consuming a character. */
export function closure(machine: Machine, from: readonly number[]): Set<number> {
  const seen = new Set<number>(from);
  // A set is walked in order of insertion, including what is added on the way.
  for (const id of seen) {
    const step = machine.steps[id]!;
    if ('split' in step) for (const next of step.split) seen.add(next);
  }
  return seen;
}

/** Builds from the end, so that every step knows where it goes on. */
function build(steps: Step[], tokens: Token[], next: number): number {
  return tokens.reduceRight((after, token) => {
    if (token === 'star') return loop(steps, NOT_SLASH, after);
    if (token === 'globstar') return loop(steps, EVERYTHING, after);
    if (token === 'folders') {
      const slash = add(steps, { set: just('/'), next: after });
      return add(steps, { split: [after, loop(steps, EVERYTHING, slash)] });
    }
    if (token === 'below') {
      const slash = add(steps, { set: just('/'), next: loop(steps, EVERYTHING, after) });
      return add(steps, { split: [after, slash] });
    }
    if ('choice' in token) return add(steps, { split: token.choice.map((option) => build(steps, option, after)) });
    return add(steps, { set: token.set, next: after });
  }, next);
}

function loop(steps: Step[], set: CharSet, after: number): number {
  const split: number[] = [after];
  const id = add(steps, { split });
  split.push(add(steps, { set, next: id }));
  return id;
}

function add(steps: Step[], step: Step): number {
  return steps.push(step) - 1;
}
