import type { Git } from '../git/git.ts';
import { addressOf, remotesOf, upstreamOf } from '../git/push.ts';
import { listed } from '../run/describe.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** Where a branch is pushed to, and what the target is called there. */
export interface ChosenRemote {
  remote: string;
  base: string;
}

/** The remote that is named, else the one that the target comes from, else `origin`, else the only one. */
export async function chooseRemote(
  git: Git,
  { target, remote }: { target: string; remote?: string | undefined },
): Promise<ChosenRemote> {
  const upstream = await upstreamOf(git, target);
  const known = await remotesOf(git);
  const usual = upstream?.remote ?? (known.includes('origin') || known.length !== 1 ? 'origin' : known[0]!);
  const chosen = remote ?? usual;
  if ((await addressOf(git, chosen)) === null) {
    const hint = known.length > 0 ? `there is ${listed(known, 5)}: --remote ${known[0]}` : 'git remote add origin URL';
    throw new Refusal('no-remote', `there is no remote ${chosen} to push to`, { exit: EXIT.usage, hint });
  }
  return { remote: chosen, base: upstream?.remote === chosen ? upstream.branch : target };
}
