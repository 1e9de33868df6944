import { ofTheMachine } from '../compose/of-the-machine.ts';
import { Refusal } from '../util/refusal.ts';

/** What the work rejects with is a refusal where the user can act on it: a full disk, a broken repository, a missing permission. */
export async function orRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = error instanceof Refusal ? null : ofTheMachine(error);
    if (refusal) refusal.cause = error;
    throw refusal ?? error;
  }
}
