import type { Violation } from '../scope/scope.ts';
import { describeFailure, oneLine, plainText } from './describe.ts';
import type { Evidence } from './event.ts';
import type { Failure } from './failure.ts';

/** Characters of the whole text: evidence must not drown the task. */
const MAX_TEXT = 8_000;
const MAX_LINES = 60;
const MAX_TAIL = 3_000;

/**
 * What the next attempt at a task is told about the last one: what failed, with paths, and what to do differently; at most 8,000
 * characters. Text that came from agents, tools and the repository is indented, so that it never reads as a section of the prompt.
 */
export function evidenceForRetry(failure: Failure, evidence: readonly Evidence[]): string {
  const parts = [
    `An earlier attempt at this task did not succeed: ${describeFailure(failure)}.`,
    details(failure),
    `What to do differently:\n${advice(failure)}`,
    observations(evidence),
    'Look at `git log` and `git status` before you begin: work of the earlier attempt may or may not be there.',
  ];
  const text = parts.filter(Boolean).join('\n\n');
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 20).trimEnd()}\n    … (cut)`;
}

function details(failure: Failure): string {
  switch (failure.code) {
    case 'boundary-violation':
    case 'scope-violation':
      return `The changes that were refused:\n${indent(failure.violations.map(violationLine))}`;
    case 'merge-conflict': {
      const messages = failure.messages.length > 0 ? `\n\nWhat git said:\n${indent(failure.messages)}` : '';
      return `Files that other tasks changed at the same places:\n${indent(failure.paths)}${messages}`;
    }
    case 'setup':
    case 'validation':
    case 'dependencies':
      return `The end of the output of \`${oneLine(failure.command, 200)}\`:\n${tail(failure.tail)}`;
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
    case 'boundary-violation':
      return bullets(
        'Leave the files above exactly as they are at the start of your branch; no commit of yours may change, move or delete them.',
        'If the task seems to need such a change, work around it inside your own files and say so in your summary.',
      );
    case 'scope-violation':
      return bullets(
        'Change only what FILES TO CREATE and FILES TO MODIFY name; nothing else may differ at the end.',
        'Remove helper files, formatter changes and generated files that you did not mean to make.',
      );
    case 'merge-conflict':
      return bullets(
        'Read the files above as they are now, with the work of the other tasks in them, and build on that.',
        'Keep what the others did; add your part in as few and as local changes as you can.',
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
  return `What was measured:\n${indent(odd.map(({ gate, summary }) => `${gate}: ${summary}`))}`;
}

function violationLine({ path, kind, rule, entry }: Violation): string {
  const why =
    rule === 'boundary' ? `DO NOT MODIFY${entry === undefined ? '' : `: ${entry}`}` : 'not in the scope of this task';
  return `${path} (${kind}; ${why})`;
}

function indent(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_LINES).map((line) => `    ${oneLine(line, 300)}`);
  return lines.length > MAX_LINES
    ? [...shown, `    … and ${lines.length - MAX_LINES} more`].join('\n')
    : shown.join('\n');
}

function tail(text: string): string {
  const lines = plainText(text.slice(-MAX_TAIL)).trimEnd().split('\n').slice(-MAX_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}

function bullets(...lines: string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
