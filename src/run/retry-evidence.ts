import type { Violation } from '../scope/scope.ts';
import type { FailedCheck } from './check.ts';
import { type ConflictFacts, conflictAdvice, conflictEvidence, earlierAdvice } from './conflict-evidence.ts';
import { describeFailure, listed, oneLine } from './describe.ts';
import { describeChanges, describePlace } from './describe-escape.ts';
import { caseLine } from './describe-failed.ts';
import { describeRequest } from './describe-request.ts';
import { violationPlace } from './describe-violation.ts';
import type { Evidence } from './event.ts';
import type { Failure } from './failure.ts';
import { indentedList, indentedTail, MAX_LINES } from './indented.ts';

/** Characters of the whole text: evidence must not drown the task. */
const MAX_TEXT = 8_000;
/** With both sides of a conflict, and what had been done. */
const MAX_CONFLICT = 28_000;
const MAX_TAIL = 3_000;

/**
 * What the next attempt at a task is told about the last one: what failed, with paths, and what to do differently; at most 8,000
 * characters, 28,000 with a conflict. Text that came from agents, tools and the repository is indented, so that it never reads as
 * a section of the prompt.
 * @param conflict what is known of the conflict, or of who else broke the checks, when that is what failed
 */
export function evidenceForRetry(
  failure: Failure,
  evidence: readonly Evidence[],
  conflict: ConflictFacts | null = null,
): string {
  const limit = conflict ? MAX_CONFLICT : MAX_TEXT;
  const adviceOn = failure.code === 'checks' ? earlierAdvice : conflictAdvice;
  const parts = [
    `An earlier attempt at this task did not succeed: ${describeFailure(failure)}.`,
    details(failure),
    ...(conflict ? conflictEvidence(conflict) : []),
    `What to do differently:\n${[advice(failure), ...(conflict ? [bullets(...adviceOn(conflict))] : [])].join('\n')}`,
    observations(evidence),
    'Look at `git log` and `git status` before you begin: work of the earlier attempt may or may not be there.',
  ];
  const text = parts.filter(Boolean).join('\n\n');
  return text.length <= limit ? text : `${text.slice(0, limit - 20).trimEnd()}\n    … (cut)`;
}

function details(failure: Failure): string {
  switch (failure.code) {
    case 'boundary-violation':
    case 'scope-violation':
      return `The changes that were refused:\n${indentedList(failure.violations.map(violationLine))}`;
    case 'scope-request':
      return `What was asked for:\n${indentedList(failure.requests.map(describeRequest))}`;
    case 'contract-changed':
      return `The contracts:\n${indentedList(failure.paths)}`;
    case 'contract-broken':
      return `Where the code and a contract differ:\n${indentedList(failure.contracts.flatMap(({ errors }) => errors))}`;
    case 'repository-changed':
      return `What was changed:\n${indentedList(failure.names)}`;
    case 'foreign-commits':
      return `The commits:\n${indentedList(failure.commits)}`;
    case 'too-large':
    case 'conflict-markers':
    case 'symlink-outside':
    case 'nested-repository':
    case 'unsafe-name':
    case 'secret':
      return `The files:\n${indentedList(failure.findings.map(({ path, detail }) => `${path} (${detail})`))}`;
    case 'merge-conflict': {
      const messages = failure.messages.length > 0 ? `\n\nWhat git said:\n${indentedList(failure.messages)}` : '';
      return `Files that other tasks changed at the same places:\n${indentedList(failure.paths)}${messages}`;
    }
    case 'unresolved':
      return `The files:\n${indentedList(failure.paths)}`;
    case 'escaped':
      return `What was changed outside of the workspace:\n${indentedList(
        failure.escapes.map((each) => `${describeChanges(each, MAX_LINES)} ${describePlace(each.where)}`),
      )}`;
    case 'checklist':
      return failure.items
        .map(({ text, tail: said }) => `The end of what "${oneLine(text, 200)}" gave:\n${indentedTail(said, MAX_TAIL)}`)
        .join('\n\n');
    case 'checks':
      return failure.checks.map(failedCheck).join('\n\n');
    case 'setup':
    case 'validation':
    case 'dependencies':
      return `The end of the output of \`${oneLine(failure.command, 200)}\`:\n${indentedTail(failure.tail, MAX_TAIL)}`;
    default:
      return '';
  }
}

function advice(failure: Failure): string {
  switch (failure.code) {
    case 'agent':
      return agentAdvice(failure.outcome);
    case 'no-commits':
      return bullets(
        'Write the files of this task, then `git add` and `git commit` them in the current branch.',
        'Describing the work, or changing files without a commit, is not enough.',
      );
    case 'scope-request':
      return bullets(
        'What the section SCOPE EXTENSION names, if there is one, is granted: do the task with it.',
        'What it does not name is not granted: do the task without it, and ask for it no more.',
      );
    case 'history-rewritten':
      return bullets(
        'Add your commits on top of the commit your branch starts from; amend and rebase only commits that you made yourself.',
        'Never `git reset` to an older commit, and stay on the branch you were given.',
      );
    case 'foreign-commits':
      return bullets(
        'Do not merge, pull, rebase onto or reset to any other branch: the branches are brought together afterwards.',
        'If you need what another task makes, work against its contract, not against its branch.',
      );
    case 'repository-changed':
      return bullets(
        'Change nothing in the git directory: no `git config`, no hooks, no files in `info/`. All worktrees share them.',
        'For a single call use `git -c name=value`; install packages without their scripts when these install hooks.',
      );
    case 'too-large':
      return bullets(
        'Leave the file out of every commit: removing it in a later one is not enough, for the history keeps it.',
        'Have large data made or fetched when it is needed, and name it in .gitignore if that is yours to change.',
      );
    case 'conflict-markers':
      return bullets(
        'Resolve each conflict and remove the lines <<<<<<<, ======= and >>>>>>> before you commit.',
        'If such lines are wanted as text, indent them or put them together in code.',
      );
    case 'symlink-outside':
      return bullets(
        'Link only to files inside the repository, by relative paths; copy or generate what lies outside.',
      );
    case 'nested-repository':
      return bullets(
        'Do not `git init` or `git clone` inside the repository: only a link would be committed, and none of the files.',
        'Remove the inner `.git` folder if the files belong into the task; else keep the clone outside of the repository.',
      );
    case 'unsafe-name':
      return bullets('Give the file a plain name that no other has, not even in other upper and lower case.');
    case 'secret':
      return bullets(
        'Read the key from the environment variable when the program runs; write its value into no file, test or example.',
        'It must be in no commit of yours, not even one that a later commit mends.',
      );
    case 'boundary-violation':
      return bullets(
        'Leave the files above exactly as they are at the start of your branch; no commit of yours may change, move or delete them.',
        'If the task seems to need such a change, work around it inside your own files and say so in your summary.',
      );
    case 'scope-violation':
      return bullets(
        'Change only what FILES TO CREATE and FILES TO MODIFY name; nothing else may differ at the end.',
        'If the task cannot be done like that, leave the rest as it is and ask for it with `scope_request` in the JSON block at the end.',
        'Remove helper files, formatter changes and generated files that you did not mean to make; delete no file of others.',
      );
    case 'escaped':
      return bullets(
        'Work in your own workspace only, with paths relative to it; never write to the checkout it was cut from, or to another workspace.',
        'Commit on the branch you are given; make, move or delete no other branch, tag or stash entry, for all worktrees share them.',
      );
    case 'contract-changed':
      return bullets(
        'Leave contracts as they are: other tasks are being written by them at this moment.',
        'If one seems wrong, do what it says all the same and say so in your summary.',
      );
    case 'contract-broken':
      return bullets(
        'Change your code so that it does what the contract says: names, methods, paths, types.',
        'Leave the contract as it is.',
      );
    case 'checklist':
      return bullets(
        'Run these commands of the checklist yourself, and mend the cause in your files; never weaken a test to make it pass.',
        'Commit only when they succeed.',
      );
    case 'checks':
      return bullets(
        `Your branch starts with all that has landed${failure.with.length > 0 ? `, the work of ${listed(failure.with, 5)} with it` : ''}: run these checks yourself, and commit only when they pass.`,
        'Mend the cause in your files. If a test of others is right, change what you made; never weaken or skip one to make it pass.',
      );
    case 'merge-conflict':
      return bullets(
        'Read the files above as they are now, with the work of the other tasks in them, and build on that.',
        'Keep what the others did; add your part in as few and as local changes as you can.',
      );
    case 'unresolved':
      return bullets(
        'Build on the files as they are now, with the work of the other tasks in them; keep what the others did.',
      );
    default:
      return bullets('Read the output above, mend its cause where it lies in your files, and run the checks again.');
  }
}

function agentAdvice(outcome: Extract<Failure, { code: 'agent' }>['outcome']): string {
  switch (outcome) {
    case 'timeout':
    case 'max-turns':
    case 'budget':
      return bullets(
        'Take the shortest way: do the essential part first and commit it, then go on in small steps, committing each.',
        'Do not explore more of the repository than the task needs, and do not start programs that never end.',
      );
    case 'stalled':
      return bullets(
        'Do not start programs that wait for input or never end (servers, watchers, pagers, editors, prompts).',
        'Use non-interactive flags; run what is long in the background with its output in a file.',
      );
    case 'memory':
      return bullets(
        'Take less memory: run one thing at a time, with fewer workers (`-j1`, `--maxWorkers=1`), and on parts of the data.',
        'End what you started in the background before you start more; commit early.',
      );
    case 'rate-limited':
    case 'overloaded':
    case 'network':
    case 'lost':
    case 'crashed':
      return bullets(
        'The earlier attempt was cut off from outside; nothing says that its approach was wrong.',
        'Do the task as it stands, and commit early.',
      );
    default:
      return bullets('Do the task as it stands; avoid what the message above complains about, and commit early.');
  }
}

/** What else was measured and not as it should be, the failure itself aside. */
function observations(evidence: readonly Evidence[]): string {
  const odd = evidence.filter(({ verdict }) => verdict !== 'pass');
  if (odd.length === 0) return '';
  return `What was measured:\n${indentedList(odd.map(({ gate, summary }) => `${gate}: ${summary}`))}`;
}

function failedCheck({ name, command, exit, cases, more, tail }: FailedCheck): string {
  const all = [...cases.map(caseLine), ...(more > 0 ? [`and ${more} more`] : [])];
  // What copse itself finds in merged files has neither.
  const how =
    command === 'copse' ? 'seen in the merged files' : `\`${oneLine(command, 200)}\`, exit status ${exit ?? 'unknown'}`;
  const output = tail.trim() === '' ? '' : `\n\nThe end of its output:\n${indentedTail(tail, MAX_TAIL)}`;
  return `What fails of ${oneLine(name, 80)} (${how}):\n${indentedList(all)}${output}`;
}

function violationLine(violation: Violation): string {
  return `${violationPlace(violation)} (${violation.kind}; ${whyRefused(violation)})`;
}

function whyRefused({ rule, entry }: Violation): string {
  if (rule === 'created-existing') return `to be created, but there already: ${entry}`;
  if (rule === 'modified-missing') return `to be modified, but not there: ${entry}`;
  if (rule === 'boundary') return `DO NOT MODIFY${entry === undefined ? '' : `: ${entry}`}`;
  return rule === 'sensitive'
    ? 'makes programs run for others, and is not in the scope of this task'
    : 'not in the scope of this task';
}

function bullets(...lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
