import type { Oid } from '../run/event.ts';
import type { Git } from './git.ts';

/** How long a push may take. */
const PUSH_MS = 15 * 60_000;

export type Pushed =
  | { ok: true; how: 'new' | 'moved' | 'same' }
  /**
   * rejected: the branch there holds what this one does not; refused: the server takes it from nobody, by a rule or a hook of its own;
   * access: nobody could be asked for a name, a password or a key; failed: anything else.
   */
  | { ok: false; why: 'rejected' | 'refused' | 'access' | 'failed'; message: string };

/** Pushes a commit as a branch; never by force, and asks nobody for anything. Runs no hook. */
export async function push(
  git: Git,
  { remote, commit, branch }: { remote: string; commit: Oid; branch: string },
): Promise<Pushed> {
  const args = [
    'push',
    '--porcelain',
    '--no-follow-tags',
    '--end-of-options',
    remote,
    `${commit}:refs/heads/${branch}`,
  ];
  const env = { GIT_TERMINAL_PROMPT: '0', SSH_ASKPASS_REQUIRE: 'never' };
  const result = await git.run(args, { env, signal: AbortSignal.timeout(PUSH_MS) });
  const line = result.stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.includes(`:refs/heads/${branch}\t`));
  const [flag, , summary = ''] = line?.split('\t') ?? [];
  if (result.exit === 0) return { ok: true, how: flag === '*' ? 'new' : flag === '=' ? 'same' : 'moved' };
  // git tells the address as it is, a password in it included.
  const said = result.stderr
    .toString('utf8')
    .trim()
    .replace(/(\w:\/\/)[^/@\s]*@/g, '$1');
  if (flag === '!') {
    const why = summary.startsWith('[remote rejected]') ? 'refused' : 'rejected';
    return { ok: false, why, message: [summary, said].filter(Boolean).join('\n') };
  }
  const message = said || `git push ended with ${result.signal ?? result.exit}`;
  return { ok: false, why: ACCESS.test(said) ? 'access' : 'failed', message };
}

/** git tells it in words alone; LC_ALL=C keeps them in English. */
const ACCESS =
  /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|Host key verification failed|HTTP (?:401|403)|error: 403/i;

/** The names of all remotes. */
export async function remotesOf(git: Git): Promise<string[]> {
  return (await git.text(['remote'])).split('\n').filter(Boolean);
}

/** Where a branch comes from: its remote, and its name there; null where that is not set up. */
export async function upstreamOf(git: Git, branch: string): Promise<{ remote: string; branch: string } | null> {
  const read = async (key: string) => {
    const result = await git.run(['config', '--get', `branch.${branch}.${key}`]);
    return result.exit === 0 ? result.stdout.toString('utf8').trim() : null;
  };
  const [remote, merge] = [await read('remote'), await read('merge')];
  if (remote === null || remote === '.' || !merge?.startsWith('refs/heads/')) return null;
  return { remote, branch: merge.slice('refs/heads/'.length) };
}

/** The address that a remote is fetched from; null when there is none. */
export async function addressOf(git: Git, remote: string): Promise<string | null> {
  const result = await git.run(['remote', 'get-url', '--', remote]);
  return result.exit === 0 ? result.stdout.toString('utf8').trim() : null;
}
