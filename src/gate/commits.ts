import type { AttemptFacts, Gate } from './gate.ts';

/** There is a commit after the base, and it changes something. */
export const commits: Gate = (facts) => {
  const { commits: count, leftovers, head } = facts.result;
  const missing = whatIsMissing(facts);
  return {
    evidence: {
      gate: 'commits',
      verdict: missing === null ? 'pass' : 'fail',
      summary:
        missing ?? `${counted(count, 'commit')}, ${counted(facts.changes.length, 'changed path')}${taken(leftovers)}`,
      details: { commits: count, changed: facts.changes.length, leftovers: leftovers.slice(0, 100), head },
    },
    failure: missing === null ? null : { code: 'no-commits', message: missing },
  };
};

function whatIsMissing({ result, changes }: AttemptFacts): string | null {
  if (result.head === null) return 'there is no branch to read';
  if (result.commits === 0) return 'no commit after the base, and nothing left uncommitted';
  return changes.length === 0 ? `${counted(result.commits, 'commit')} that together change nothing` : null;
}

function taken(leftovers: string[]): string {
  return leftovers.length === 0 ? '' : ` (${counted(leftovers.length, 'path')} left uncommitted by the agent)`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
