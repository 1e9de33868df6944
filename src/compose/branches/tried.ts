import type { TargetLanding } from '../../integrate/target.ts';
import type { Stopped } from './landing.ts';
import type { AllRows } from './state.ts';
import type { Verified } from './verify.ts';

/** How far it came. */
export interface Tried {
  all: AllRows;
  verified: Verified;
  landing: Extract<TargetLanding, { landed: true }> | null;
  stopped: Stopped | null;
}
