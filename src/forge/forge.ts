import type { Hosted } from './remote.ts';

/** A request to take a branch into another, as a person would make it on the pages of a forge. */
export interface PullRequest {
  at: Hosted;
  /** The branch that was pushed, and the one it is to go into: names on the forge. */
  branch: string;
  base: string;
  title: string;
  /** Markdown. */
  body: string;
}

/** A program that speaks to a forge: command lines out, its answers in. Pure. */
export interface Forge {
  name: 'github' | 'gitlab';
  /** As it is found on the PATH. */
  program: string;
  /** What its requests are called. */
  noun: string;
  /** Whether a host is surely one of these. */
  isAt(host: string): boolean;
  /** Succeeds when the program is logged in at a host. */
  authArgs(host: string): string[];
  /** The command with which a person does. */
  login(host: string): string;
  /** Lists open requests of branches of this name, those of forks among them; `urlIn` reads the one of this repository off the answer. */
  listArgs(request: PullRequest): string[];
  urlIn(listed: string): string | null;
  /** `bodyFile`: a file that holds the body. */
  createArgs(request: PullRequest, bodyFile: string): string[];
  /** The page on which a person makes the same request. */
  page(request: PullRequest): string;
  /** The command with which a person makes it; `bodyFile`: of the report. */
  command(request: PullRequest, bodyFile: string): string;
}

/** A path of a branch in an address. */
export const inAddress = (branch: string) => branch.split('/').map(encodeURIComponent).join('/');

/** The text under this key of the first object of a JSON array that is meant; null for anything else. */
export function firstOf(json: string, key: string, isMeant: (each: Record<string, unknown>) => boolean): string | null {
  try {
    const value = (JSON.parse(json) as Record<string, unknown>[]).find(isMeant)?.[key];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
