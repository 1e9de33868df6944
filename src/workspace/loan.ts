import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Head } from '../git/repository.ts';
import type { RunId } from '../run/event.ts';
import { writeFileAtomic } from '../util/atomic-file.ts';
import type { Harvest } from './workspace.ts';

/** The user's checkout, lent to one attempt: where it has to go back to. Written before HEAD moves. */
export interface Loan {
  v: 1;
  run: RunId;
  /** The attempt's branch. */
  branch: string;
  /** Where HEAD was. */
  home: Head;
  /** `out`: an agent may work in it; `harvested`: all of its work is on the branch; `returned`: HEAD is at home again. */
  state: 'out' | 'harvested' | 'returned';
  /** What the attempt made; measured once, because nothing of it is left in the checkout afterwards. */
  harvest: Harvest | null;
}

const FILE = 'copse-checkout.json';

/** The latest loan of the checkout with this git directory; null when there never was one. */
export function readLoan(gitDir: string): Loan | null {
  try {
    const loan = JSON.parse(readFileSync(join(gitDir, FILE), 'utf8')) as Loan;
    return loan.v === 1 && typeof loan.run === 'string' && typeof loan.home?.oid === 'string' ? loan : null;
  } catch {
    return null;
  }
}

/** The loan of a checkout that has not been given back. */
export function openLoan(gitDir: string): Loan | null {
  const loan = readLoan(gitDir);
  return loan === null || loan.state === 'returned' ? null : loan;
}

export function writeLoan(gitDir: string, loan: Loan): void {
  writeFileAtomic(join(gitDir, FILE), `${JSON.stringify(loan)}\n`, 0o600);
}
