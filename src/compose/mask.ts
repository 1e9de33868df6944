import { type Mask, maskOf } from '../util/mask.ts';
import type { Surroundings } from './context.ts';

const known = new WeakMap<NodeJS.ProcessEnv, Mask>();

/** The mask of the user's environment; `COPSE_MASK` names further variables that hold secrets. */
export function maskFor({ env }: Pick<Surroundings, 'env'>): Mask {
  let mask = known.get(env);
  if (!mask) {
    mask = maskOf(env, (env.COPSE_MASK ?? '').split(/[\s,]+/).filter(Boolean));
    known.set(env, mask);
  }
  return mask;
}
