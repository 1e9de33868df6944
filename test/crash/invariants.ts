import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine } from '../../src/journal/codec.ts';
import { replay } from '../../src/journal/replay.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { usersPart } from '../rig/fingerprint.ts';
import { noted, processesWith, type Site } from './rig.ts';

/** What an undisturbed run leaves, or the state before any: what every other is compared with. */
export interface Reference {
  tree: string;
  users: string[];
}

export interface Disturbance {
  /** Attempts were ended by us together with copse: they may be lost, and made again. */
  rebooted?: boolean;
}

const BRANCH = 'refs/heads/copse/TS-0001-scratch';

export function referenceOf(site: Site): Reference {
  return { tree: git(site, 'rev-parse', `${BRANCH}^{tree}`), users: usersOf(site) };
}

export function usersOf(site: Site): string[] {
  return usersPart({ repo: site.repo, git: (...args) => git(site, ...args) });
}

/** Everything that does not hold after a run that was killed and gone on with; empty when all does. */
export function broken(site: Site, reference: Reference, { rebooted = false }: Disturbance = {}): string[] {
  const events = eventsOf(site);
  return [
    ...sameTree(site, reference),
    ...usersUntouched(site, reference),
    ...startedOnce(site, events, rebooted),
    ...transcriptsWhole(site, events),
    ...nothingUnreachable(site),
    ...nothingLeft(site),
    ...journalWhole(site),
  ];
}

/** The journal of the latest run. */
export function eventsOf(site: Site): RunEvent[] {
  return replay(journalOf(site)).events;
}

function journalOf({ repo }: Site): string {
  const runs = join(repo, '.git/copse/runs');
  const withJournal = readdirSync(runs).filter((run) => existsSync(join(runs, run, 'journal.jsonl')));
  return join(runs, withJournal.sort().at(-1)!, 'journal.jsonl');
}

function sameTree(site: Site, { tree }: Reference): string[] {
  const found = git(site, 'rev-parse', `${BRANCH}^{tree}`);
  return found === tree ? [] : [`the integrated tree is another:\n${git(site, 'diff', tree, found)}`];
}

function usersUntouched(site: Site, { users }: Reference): string[] {
  const [now, before] = [new Set(usersOf(site)), new Set(users)];
  const gone = users.filter((entry) => !now.has(entry)).map((entry) => `- ${entry}`);
  const came = [...now].filter((entry) => !before.has(entry)).map((entry) => `+ ${entry}`);
  return gone.length + came.length === 0 ? [] : [`the user's part changed:\n${[...gone, ...came].join('\n')}`];
}

/** Each attempt has one agent at most, never two at a task; what came to its end was not done again. */
function startedOnce(site: Site, events: readonly RunEvent[], rebooted: boolean): string[] {
  const found: string[] = noted(site, 'twice').map((who) => `two agents at once: ${who}`);
  const starts = noted(site, 'starts').map((line) => line.split(' ').slice(0, 2).join('.'));
  const ends = new Set(noted(site, 'ends').map((line) => line.replace(' ', '.')));
  for (const name of new Set(starts)) {
    if (starts.filter((each) => each === name).length > 1) found.push(`the agent of ${name} was started twice`);
  }
  const started: string[] = [];
  for (const event of events) {
    if (event.type === 'attempt.started') started.push(`${event.task}.${event.attempt}`);
    if (event.type !== 'attempt.ended') continue;
    const name = `${event.task}.${event.attempt}`;
    const lost = event.outcome === 'lost' || event.outcome === 'cancelled';
    if (lost && ends.has(name) && !rebooted)
      found.push(`${name} had finished and is ${event.outcome}: ${event.message}`);
    if (lost && starts.includes(name) && !rebooted) found.push(`${name} ran and is ${event.outcome}: ${event.message}`);
    if (event.failure?.code === 'internal') found.push(`${name}: ${event.failure.message}`);
  }
  for (const event of events) {
    if (event.type === 'attempt.failed' && event.failure.code !== 'agent' && event.failure.code !== 'merge-conflict')
      found.push(`${event.task}.${event.attempt} failed with ${JSON.stringify(event.failure)}`);
    if (event.type === 'wave.failed' || event.type === 'dependencies.failed') found.push(JSON.stringify(event.failure));
  }
  if (new Set(started).size < started.length) found.push(`an attempt was begun twice: ${started.join(' ')}`);
  for (const name of starts) if (!started.includes(name)) found.push(`${name} runs and is in no journal`);
  return found;
}

/** What a finished agent said is in its transcript and in its readable log, every line once. */
function transcriptsWhole(site: Site, events: readonly RunEvent[]): string[] {
  const run = events[0]!.run;
  return noted(site, 'ends').flatMap((line) => {
    const name = line.replace(' ', '.');
    return ['transcript.jsonl', 'agent.log'].flatMap((file) => {
      const text = readFileSync(join(site.repo, '.git/copse/runs', run, 'attempts', name, file), 'utf8');
      const lines = text.split('\n').filter((each) => each.startsWith(`${name} line `));
      const whole = lines[0] === `${name} line 1` && lines.at(-1) === `${name} line last`;
      return whole && new Set(lines).size === lines.length ? [] : [`${file} of ${name} is not whole:\n${text}`];
    });
  });
}

/** Every commit that an agent made is still to be had, and the repository is sound. */
function nothingUnreachable(site: Site): string[] {
  const reachable = new Set(git(site, 'rev-list', '--all').split('\n'));
  const lost = noted(site, 'commits').filter((oid) => !reachable.has(oid));
  const sound = spawnSync('git', ['fsck', '--connectivity-only', '--no-dangling', '--no-progress'], {
    cwd: site.repo,
    env: site.env,
    encoding: 'utf8',
  });
  return [
    ...lost.map((oid) => `the commit ${oid} of an agent cannot be reached`),
    ...(sound.status === 0 ? [] : [`git fsck: ${sound.stderr}`]),
  ];
}

/** No process of an agent, no lock of a git, no draft of a file, no worktree that stands half. */
function nothingLeft(site: Site): string[] {
  const found = readdirSync(join(site.repo, '.git'), { recursive: true, encoding: 'utf8' });
  const drafts = found.filter((path) => /\.lock$|copse-[0-9a-f]{12}\./.test(path) && !path.startsWith('copse/'));
  const worktrees = spawnSync('git', ['worktree', 'list', '--porcelain'], { cwd: site.repo, encoding: 'utf8' });
  return [
    ...processesWith(`COPSE_ATTEMPT=${eventsOf(site)[0]!.run}/`).map((pid) => `process ${pid} of an agent lives`),
    ...drafts.map((path) => `.git/${path} was left`),
    ...(worktrees.status === 0 && !/^(?:locked|prunable)/m.test(worktrees.stdout)
      ? []
      : [`worktrees: ${worktrees.stdout}${worktrees.stderr}`]),
  ];
}

/** Every line is whole but those in which a writer was killed: at most one for each. */
function journalWhole(site: Site): string[] {
  const lines = readFileSync(journalOf(site)).toString('latin1').split('\n').slice(0, -1);
  const torn = lines.filter((line) => line !== '' && decodeLine(Buffer.from(line, 'latin1')) === null).length;
  const { damage, dropped } = replay(journalOf(site));
  const writers = eventsOf(site).filter((event) => event.type === 'run.opened').length;
  return damage !== null || torn !== dropped.torn || torn > writers + 2
    ? [`the journal is damaged: ${JSON.stringify({ damage, dropped, torn, writers })}`]
    : [];
}

function git({ repo, env }: Site, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: repo, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
  return stdout.trimEnd();
}
