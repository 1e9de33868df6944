import { existsSync, readdirSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { openProject } from '../../compose/project.ts';
import { type FoundRun, findRun } from '../../compose/runs.ts';
import { trusting } from '../../compose/trust.ts';
import { diffStat, patch } from '../../git/diff.ts';
import { subjectsOf } from '../../git/history.ts';
import { commitsBeyond } from '../../git/holdings.ts';
import { branchExists, branchObstacle, compareAndSwap } from '../../git/refs.ts';
import type { Repository } from '../../git/repository.ts';
import { asOneLine, restoreWorktree } from '../../git/restore.ts';
import { listWorktrees } from '../../git/worktree.ts';
import { listRuns } from '../../journal/store.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { restoredLines, snapshotLines, snapshotTable } from '../render/snapshots.ts';
import { chooseSnapshot, measured, type Recoverable, snapshotsOf } from '../snapshots.ts';

interface Options {
  to?: string;
  branch?: string;
  diff?: boolean;
  all?: boolean;
  run?: string;
  json?: boolean;
}

export const recover: CommandModule = {
  define(command) {
    command
      .argument('[snapshot]', 'task-001.2, or a task for its latest one; default: list them')
      .option('--to <folder>', 'put it into a new worktree there, as the agent left it')
      .option('--branch <name>', 'make a branch of it')
      .option('--diff', 'the whole patch')
      .option('--all', 'list also those whose content is integrated anyway')
      .option('--run <run>', 'a plan or a run id; default: all runs')
      .addHelpText(
        'after',
        `
Before a workspace is reset or removed, copse keeps what stood in it: commits,
also those that were amended or reset away, what was staged, changed and
untracked. Ignored files are not kept. Your checkout is never touched, and a
snapshot stays after it was recovered; only copse clean --snapshots removes one.

--to makes a worktree with HEAD, index and files as they were. What a repository
inside the workspace held is in .copse-nested/<folder>: its files, and its
commits as a bundle to clone or fetch from. --branch gives the last commit, and
on top of it one more with what was not committed.

Examples:
  copse recover                             what there is
  copse recover task-001                    its latest snapshot: commits, files
  copse recover task-001.2 --diff           what it changed
  copse recover task-001 --to ../rescued    have it again`,
      );
  },

  async run(context, [typed], options: Options): Promise<ExitCode> {
    const project = await openProject(context);
    const { repository } = project;
    const run = options.run === undefined ? undefined : findRun(repository.commonDir, { name: options.run });
    const snapshots = await snapshotsOf(repository, run?.id);
    if (typed === undefined) {
      if (options.to !== undefined || options.branch !== undefined || options.diff) throw whichOne();
      return list(context, await measured(repository.git, snapshots), options);
    }
    const chosen = chooseSnapshot(snapshots, typed, (run ?? latestOf(repository))?.state ?? null);
    const trusted = (await trusting(project, chosen.run)).repository;
    const [snapshot] = await measured(trusted.git, [chosen]);
    if (options.to !== undefined && options.branch !== undefined) throw oneOfBoth();
    if (options.to !== undefined) return toFolder(context, trusted, snapshot!, { ...options, to: options.to });
    if (options.branch !== undefined)
      return toBranch(context, trusted, snapshot!, { ...options, branch: options.branch });
    return show(context, trusted, snapshot!, options);
  },
};

function latestOf({ commonDir }: Repository): FoundRun | null {
  const id = listRuns(commonDir)[0];
  return id === undefined ? null : findRun(commonDir, { name: id });
}

function list(context: CliContext, found: Recoverable[], { all = false, json }: Options): ExitCode {
  const shown = found.filter(({ elsewhere }) => all || !elsewhere);
  if (json) answer(context, { snapshots: shown.map(documentOf), hidden: found.length - shown.length });
  else for (const line of snapshotTable(shown, found.length - shown.length, Date.now())) print(context, line);
  return EXIT.ok;
}

async function show(
  context: CliContext,
  { git }: Repository,
  snapshot: Recoverable,
  { diff, json }: Options,
): Promise<ExitCode> {
  const { base, commit, head } = snapshot;
  if (diff && !json) {
    context.stdout.write((await patch(git, base, commit)).toString('utf8'));
    return EXIT.ok;
  }
  const commits = await subjectsOf(git, await commitsBeyond(git, snapshot, [base]));
  if (json) {
    const text = diff ? { patch: (await patch(git, base, commit)).toString('utf8') } : {};
    answer(context, { snapshot: { ...documentOf(snapshot), history: commits }, ...text });
    return EXIT.ok;
  }
  const width = Math.min(context.stdout.columns, 120);
  const uncommitted = commit === head ? '' : await diffStat(git, head, commit, width);
  const stat = await diffStat(git, base, commit, width);
  for (const line of snapshotLines(snapshot, { commits, uncommitted, stat, now: Date.now() })) print(context, line);
  return EXIT.ok;
}

async function toFolder(
  context: CliContext,
  repository: Repository,
  snapshot: Recoverable,
  { to, json }: Options & { to: string },
): Promise<ExitCode> {
  const path = resolve(context.cwd, to);
  await checkFolder(repository, path);
  const made = await restoreWorktree(repository, snapshot, path);
  if (!made.ok) throw refuse('folder-taken', made.message, `copse recover ${snapshot.name} --to ANOTHER-FOLDER`);
  if (json) answer(context, { snapshot: documentOf(snapshot), worktree: path });
  else for (const line of restoredLines(snapshot, { worktree: path })) print(context, line);
  return EXIT.ok;
}

async function checkFolder({ git }: Repository, path: string): Promise<void> {
  const other = 'choose a new folder, as --to ../rescued';
  for (const worktree of await listWorktrees(git)) {
    if (`${path}${sep}`.startsWith(`${worktree.path}${sep}`))
      throw refuse('folder-inside', `${path} lies in the checkout ${worktree.path}`, other);
  }
  if (!existsSync(path)) return;
  let names: string[];
  try {
    names = readdirSync(path);
  } catch {
    throw refuse('folder-taken', `${path} is a file`, other);
  }
  if (names.length > 0) throw refuse('folder-taken', `${path} is there already, and not empty`, other);
}

async function toBranch(
  context: CliContext,
  { git }: Repository,
  snapshot: Recoverable,
  { branch, json }: Options & { branch: string },
): Promise<ExitCode> {
  const other = 'choose another name, as --branch rescued';
  if (await branchExists(git, branch)) throw refuse('branch-exists', `there is a branch ${branch} already`, other);
  const obstacle = await branchObstacle(git, branch);
  if (obstacle !== null) throw refuse('bad-branch', obstacle, other);
  const head = await asOneLine(git, snapshot);
  const made = await compareAndSwap(git, `refs/heads/${branch}`, { next: head, old: null, reason: 'copse: recover' });
  if (!made) throw refuse('branch-exists', `there is a branch ${branch} already`, other);
  if (json) answer(context, { snapshot: documentOf(snapshot), branch, head });
  else for (const line of restoredLines(snapshot, { branch })) print(context, line);
  return EXIT.ok;
}

function documentOf({ ref, run, source, name, number, commit, head, left, index, at, ...rest }: Recoverable) {
  const { base, commits, files, nested, elsewhere } = rest;
  const plan = source?.state.plan ?? null;
  const of = { ref, run, plan, task: name, number, at, commit, base, head, index, left, uncommitted: commit !== head };
  return { ...of, commits, files, nested, integrated: elsewhere };
}

function answer({ stdout }: CliContext, document: object): void {
  stdout.write(`${JSON.stringify({ v: 1, command: 'recover', ok: true, ...document })}\n`);
}

const print = ({ stdout }: CliContext, line: string) => stdout.write(`${line}\n`);

function whichOne(): Refusal {
  return refuse('usage', 'which snapshot?', 'copse recover lists them: copse recover task-001 --to FOLDER');
}

function oneOfBoth(): Refusal {
  return refuse(
    'usage',
    '--to and --branch cannot be had at once',
    'make the branch, then git worktree add FOLDER BRANCH',
  );
}

function refuse(code: string, message: string, hint: string): Refusal {
  return new Refusal(code, message, { exit: EXIT.usage, hint });
}
