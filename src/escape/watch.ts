import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutPatch } from '../git/checkout-patch.ts';
import { decode } from '../git/copied-index.ts';
import { isAncestor, subjectsOf } from '../git/history.ts';
import { resolve } from '../git/refs.ts';
import type { Repository } from '../git/repository.ts';
import { keepCommit } from '../git/snapshot.ts';
import { type Survey, survey } from '../git/survey.ts';
import { describeEscape } from '../run/describe-escape.ts';
import type { Escape } from '../run/escape.ts';
import type { Oid, RunId, TaskId } from '../run/event.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { attribute, type Found } from './attribute.ts';
import { compare, type Own } from './compare.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Watched } from './trail.ts';

export interface WatchOptions {
  repository: Repository;
  run: RunId;
  /** Where patches go, and how things stood when last looked at. */
  folder: string;
  /** Folder of the workspaces. */
  workspaces: string;
  /** Tasks of the plan by the branches of their workspaces. */
  branches: ReadonlyMap<string, TaskId>;
  /** What attempts may do in the checkout: see {@link Own.checkout}. */
  checkout: Own['checkout'];
  /** What an attempt's agent did and said, as text; see AgentAdapter.deeds. `about`: only lines that match. */
  deedsOf(attempt: Watched, about?: RegExp): Promise<string[]>;
  /** No person works at this machine: what changes, an agent changed. */
  unattended: boolean;
}

/** Between two looks: agents that end this close to each other are looked after together. */
const REST_MS = 200;

/** Looks at what agents must leave alone: the checkout, its refs and stash, the workspaces of others. Changes nothing there. */
export interface EscapeWatch {
  /** An attempt is about to begin; `adopted`: it has been going on. Resolves once it is known how things stand. */
  started(attempt: Watched, how?: { adopted: boolean }): Promise<void>;
  /** The processes of the one that works on this branch have ended: looks in the background. */
  ended(branch: string): void;
  /**
   * What was found since the last call, once somebody has looked after this attempt ended. `head`: where copse left its
   * branch.
   */
  found(task: TaskId, attempt: number, head: Oid | null): Promise<Escape[]>;
}

/**
 * One look serves all attempts that end while an earlier one is under way. What changed between two looks is put down to the
 * attempts that were alive meanwhile.
 */
export function createEscapeWatch(options: WatchOptions): EscapeWatch {
  const { repository, folder } = options;
  const seenFile = join(folder, 'seen.json');
  const alive = new Set<Watched>();
  const known: Watched[] = [];
  const fresh: Escape[] = [];
  let involved = new Set<Watched>();
  let last: Survey | null = null;
  let first: Promise<void> | null = null;
  let problem: unknown = null;
  const look = oneAtATime(lookNow, REST_MS);

  async function begin(adopted: boolean): Promise<void> {
    last = (adopted ? await readSeen(seenFile) : null) ?? (await survey(repository));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    remember(last);
  }

  function remember(seen: Survey): void {
    // With the machine all agents go down, and the next run looks anew.
    writeFileAtomic(seenFile, JSON.stringify(seen), 0o600, { durable: false });
  }

  async function lookNow(): Promise<void> {
    await first;
    if (last === null) throw problem;
    const suspects = involved;
    involved = new Set(alive);
    const [before, after] = [last, await survey(repository)];
    for (const attempt of alive) suspects.add(attempt);
    // What was found before is in the journal by now; should we be killed, the rest is found again.
    remember(before);
    last = after;
    const difference = compare(before, after, ownOf(options, suspects, known));
    const subjects = async (oids: readonly Oid[]) =>
      new Map((await subjectsOf(repository.git, oids)).map(({ oid, subject }) => [oid, subject]));
    for (const each of await attribute(difference, [...suspects], { ...options, known, subjects }))
      fresh.push(await quarantine(options, each));
  }

  function end(attempt: Watched): void {
    if (!alive.delete(attempt)) return;
    attempt.endedAt = Date.now();
    attempt.looked = look();
    attempt.looked.catch(() => {}); // told to whoever asks
  }

  return {
    started(attempt, { adopted } = { adopted: false }) {
      alive.add(attempt);
      involved.add(attempt);
      known.push(attempt);
      first ??= begin(adopted).catch((error) => {
        problem = error; // whoever asks what was found is told
      });
      return first;
    },
    ended(branch) {
      for (const attempt of [...alive]) if (attempt.branch === branch) end(attempt);
    },
    async found(task, number, head) {
      const attempt = known.find((each) => each.task === task && each.attempt === number);
      if (attempt) end(attempt);
      if (attempt) attempt.head = head;
      await attempt?.looked;
      return fresh.splice(0);
    },
  };
}

/** What copse moves itself. Of an attempt that has ended it may still be moving the branch. */
function ownOf(
  { workspaces, branches, checkout, repository }: WatchOptions,
  suspects: ReadonlySet<Watched>,
  known: readonly Watched[],
): Own {
  const busy = [...suspects, ...known.filter(({ head }) => head === undefined)];
  return {
    workspaces,
    branches,
    heads: new Map(known.flatMap(({ task, head }) => (head ? [[task, head] as const] : []))),
    alive: new Set(busy.map(({ task }) => task)),
    root: repository.root,
    checkout,
  };
}

async function readSeen(file: string): Promise<Survey | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Survey;
  } catch {
    return null; // the run was killed before it had looked at anything
  }
}

/** Puts down what the files hold, and keeps commits that a ref has let go of. */
async function quarantine(
  { repository, run, folder }: WatchOptions,
  { where, suspects, changes }: Found,
): Promise<Escape> {
  for (const oid of await letGo(repository, changes)) {
    await keepCommit(repository.git, `refs/copse/snapshots/${run}/_escape`, oid);
  }
  const paths = changes.flatMap((change) => (change.kind === 'file' && change.how !== 'settled' ? [change.path] : []));
  const shown = changes.map((change) => (change.kind === 'file' ? { ...change, path: decode(change.path) } : change));
  const found: Escape = { where, suspects, changes: shown, patch: null };
  if (where.is !== 'checkout' || paths.length === 0) return found;
  const { patch, left } = await checkoutPatch(repository, paths);
  const number = (await readdir(folder)).filter((name) => name.endsWith('.patch')).length + 1;
  const file = join(folder, `${number}.patch`);
  const head = [
    describeEscape(found),
    'What these files held then, against HEAD; with what had not been committed in them before.',
    ...left.map((path) => `left out, too large or no file: ${path}`),
  ];
  await writeFile(file, Buffer.concat([Buffer.from(`${head.map((line) => `# ${line}`).join('\n')}\n\n`), patch]), {
    mode: 0o600,
  });
  return { ...found, patch: file };
}

/** Commits that were held by a ref, a detached HEAD or the stash, and that the new value does not have. */
async function letGo({ git }: Repository, changes: Found['changes']): Promise<Oid[]> {
  const oids: Oid[] = [];
  for (const change of changes) {
    if (change.kind === 'stash') oids.push(...change.removed);
    if (change.kind === 'head' && !change.from.startsWith('ref: ')) oids.push(change.from);
    if (change.kind === 'ref' && change.from !== null && !change.from.startsWith('ref: ')) {
      const [from, to] = [await resolve(git, change.from), change.to === null ? null : await resolve(git, change.to)];
      if (from !== null && (to === null || !(await isAncestor(git, from, to)))) oids.push(from);
    }
  }
  const there = await Promise.all(oids.map((oid) => resolve(git, oid)));
  return there.filter((oid) => oid !== null);
}
