import { quoted } from '../../compose/typed.ts';
import { oneLine } from '../../run/describe.ts';
import type { Recoverable } from '../snapshots.ts';
import { count } from '../style.ts';
import { age, columns } from './format.ts';

/** What there is to recover, one line a snapshot. `hidden`: how many more hold nothing that is not integrated. */
export function snapshotTable(shown: readonly Recoverable[], hidden: number, now: number): string[] {
  const more = hidden > 0 ? [`${hidden} more hold only what is integrated: copse recover --all`] : [];
  if (shown.length === 0) return [hidden > 0 ? 'nothing that is not integrated' : 'nothing was kept so far', ...more];
  const rows = shown.map((each) => [nameOf(each), each.run, `${age(now - each.at)} ago`, holds(each)]);
  const example = nameOf(shown[0]!);
  return [
    ...columns([['snapshot', 'run', 'kept', 'holds'], ...rows]),
    ...more,
    `next: copse recover ${example} shows it; --to FOLDER or --branch NAME gives it back`,
  ];
}

const nameOf = ({ name, number }: Recoverable) => `${name}.${number}`;

function holds({ commits, files, nested, commit, head, index, elsewhere }: Recoverable): string {
  const parts = [
    ...(commits > 0 ? [count(commits, 'commit')] : []),
    ...(files > 0 ? [count(files, 'file')] : []),
    ...(nested.length > 0
      ? [`${nested.length === 1 ? 'the repository' : 'the repositories'} ${nested.join(', ')}`]
      : []),
  ];
  const notes = [
    ...(commit !== head ? ['not all committed'] : []),
    ...(index !== null ? ['staged otherwise'] : []),
    ...(elsewhere ? ['all integrated'] : []),
  ];
  const what = parts.length > 0 ? parts.join(', ') : 'no change';
  return notes.length > 0 ? `${what} (${notes.join(', ')})` : what;
}

export interface Shown {
  /** Newest first. */
  commits: { oid: string; subject: string }[];
  /** Diff stats as git prints them; empty when nothing differs. */
  uncommitted: string;
  stat: string;
  now: number;
}

/** One snapshot: where it comes from, its commits, what differs from its base. */
export function snapshotLines(snapshot: Recoverable, { commits, uncommitted, stat, now }: Shown): string[] {
  const { ref, source, run, at, base, head, left, index, nested, elsewhere } = snapshot;
  const lines = [
    ref,
    `  kept ${age(now - at)} ago, run ${run}${source ? ` of ${source.state.plan}` : ' (not there any more)'}`,
    `  begun from ${short(base)}, HEAD at ${short(head)}`,
  ];
  if (elsewhere) lines.push('  all of it is integrated, too');
  if (commits.length > 0) lines.push('', `${count(commits.length, 'commit')}:`);
  for (const { oid, subject } of commits)
    lines.push(`  ${short(oid)} ${oneLine(subject, 200)}${left.includes(oid) ? ' (HEAD had left it)' : ''}`);
  if (uncommitted !== '') lines.push('', 'not committed:', uncommitted);
  if (index !== null) lines.push('', `staged otherwise than in the files: git diff ${short(head)} ${short(index)}`);
  if (nested.length > 0) lines.push('', ...nestedLines(snapshot, '<folder>'));
  lines.push('', 'all changes:', stat === '' ? '  none' : stat);
  lines.push('', `next: copse recover ${nameOf(snapshot)} --diff, --to FOLDER or --branch NAME`);
  return lines;
}

/** What was made, and what to do with it. */
export function restoredLines(snapshot: Recoverable, made: { worktree: string } | { branch: string }): string[] {
  const { head, commit, index, left, nested } = snapshot;
  const also =
    left.length > 0 ? [`commits that HEAD had left stay in ${snapshot.ref}: ${left.map(short).join(', ')}`] : [];
  if ('branch' in made) {
    return [
      `${nameOf(snapshot)} is the branch ${made.branch}${commit === head ? '' : '; its last commit is what was not committed'}`,
      ...also,
      ...(index !== null ? [`what was staged otherwise stays in ${short(index)}`] : []),
      ...(nested.length > 0
        ? [`repositories inside it do not come with a branch: copse recover ${nameOf(snapshot)} --to FOLDER`]
        : []),
      `next: git log ${quoted(made.branch)}`,
    ];
  }
  const folder = quoted(made.worktree);
  const state = commit === head ? 'all was committed' : 'with what was not committed';
  return [
    `${nameOf(snapshot)} is in ${made.worktree}: a worktree at ${short(head)}, ${state}`,
    ...also,
    ...nestedLines(snapshot, made.worktree),
    `next: git -C ${folder} status; when you are done: git worktree remove --force ${folder}`,
  ];
}

function nestedLines({ nested }: Recoverable, top: string): string[] {
  return nested.map(
    (folder) =>
      `${folder} was a repository of its own: ${top}/.copse-nested/${folder} has its files, and its own commits in commits.bundle (git clone it)`,
  );
}

const short = (oid: string) => oid.slice(0, 10);
