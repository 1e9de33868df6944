import { basename, join, relative } from 'node:path';
import type { EscapeChange } from '../run/escape.ts';
import type { Oid } from '../run/event.ts';

/** What an attempt left of itself. */
export interface Trail {
  workspace: string;
  branch: string;
  base: Oid;
  /** What its agent did or said, as text: see AgentAdapter.deeds. */
  deeds: readonly string[];
  /** Commits that HEAD of its workspace was on, and branches that it went to. */
  commits: ReadonlySet<Oid>;
  branches: ReadonlySet<string>;
}

/** What points to the attempt behind a change, in a few words for people; null: nothing. */
export function evidenceOf(
  change: EscapeChange,
  trail: Trail,
  { root, subjects }: { root: string; subjects: ReadonlyMap<Oid, string> },
): string | null {
  switch (change.kind) {
    case 'file':
      return mentionsFile(trail, root, change.path) ? 'its transcript names the file' : null;
    case 'head':
      return mentionsFolder(trail, change.worktree, GIT_MOVES) ? 'its transcript has git work there' : null;
    case 'ref':
      return refEvidence(change, trail);
    case 'stash':
      return stashEvidence(change, trail, subjects);
  }
}

/** Whether it names a file of a folder outside of its workspace, whole or from where it stands. */
function mentionsFile(trail: Trail, root: string, path: string): boolean {
  const whole = [join(root, path), relative(trail.workspace, join(root, path))];
  const [folder, name] = [[root, relative(trail.workspace, root)], basename(path)];
  return trail.deeds.some(
    (deed) =>
      whole.some((each) => hasPath(deed, each)) || (folder.some((each) => hasPath(deed, each)) && hasPath(deed, name)),
  );
}

function mentionsFolder(trail: Trail, folder: string, also: RegExp): boolean {
  const spelled = [folder, relative(trail.workspace, folder)];
  return trail.deeds.some((deed) => also.test(deed) && spelled.some((each) => hasPath(deed, each)));
}

/** `/a/b` is in `cd /a/b;` and `/a/b/c`, not in `/a/bc`. */
function hasPath(text: string, path: string): boolean {
  if (path === '') return false;
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const rest = text.slice(at + path.length, at + path.length + 2);
    if (!/[\w.-]/.test(text[at - 1] ?? ' ') && !/^(?:[\w-]|\.\w)/.test(rest)) return true;
  }
  return false;
}

// Each within a line, so that long texts cost no more than their length.
const GIT_MOVES =
  /\bgit\b[^\n]*\b(?:checkout|switch|commit|reset|merge|rebase|pull|cherry-pick|revert|symbolic-ref|am)\b/;
const REF_WRITES =
  /\bgit\b[^\n]*\b(?:update-ref|symbolic-ref|tag|push|fetch|branch\b[^\n]* -(?:[fdDmMcC]\b|-force|-delete|-move|-copy))/;
const BRANCHES = /\bgit\b[^\n]*\b(?:branch|checkout|switch)\b/;

function refEvidence({ ref, from, to }: Extract<EscapeChange, { kind: 'ref' }>, trail: Trail): string | null {
  const name = ref.replace(/^refs\/(?:heads|tags)\//, '');
  const named = trail.deeds.filter((deed) => hasPath(deed, name));
  const made = to !== null && to !== trail.base && trail.commits.has(to);
  if (made && named.length > 0) return `it made ${to.slice(0, 10)}, and its transcript names ${name}`;
  if (named.some((deed) => REF_WRITES.test(deed))) return `its transcript writes ${name}`;
  if (from === null && trail.branches.has(name)) return `its workspace was on ${name}`;
  return from === null && named.some((deed) => BRANCHES.test(deed)) ? `its transcript makes ${name}` : null;
}

function stashEvidence(
  { added, removed }: Extract<EscapeChange, { kind: 'stash' }>,
  trail: Trail,
  subjects: ReadonlyMap<Oid, string>,
): string | null {
  const of = new RegExp(`\\bon ${escaped(trail.branch)}:`, 'i');
  if (added.some((oid) => of.test(subjects.get(oid) ?? ''))) return `the entry says so: on ${trail.branch}`;
  const drops = /\bgit\b[^\n]*\bstash\s+(?:drop|pop|clear|branch)\b/;
  return removed.length > 0 && trail.deeds.some((deed) => drops.test(deed))
    ? 'its transcript drops from the stash'
    : null;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
