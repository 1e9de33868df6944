import { listed, oneLine } from '../run/describe.ts';
import type { Failure } from '../run/failure.ts';
import { GENERATED_FILES } from '../scope/allow.ts';
import { compileGlob } from '../scope/glob.ts';
import { globCovers } from '../scope/match.ts';
import { type FileSymbols, symbolCovers } from '../scope/symbols.ts';
import type { AttemptFacts, Gate } from './gate.ts';
import { MARKER } from './marker.ts';

/** Of what the task owns something was changed, and the files it was to create are there. */
export const files: Gate = (facts) => {
  const failure = failureOf(facts);
  const { missing } = facts;
  return {
    evidence: {
      gate: 'files',
      verdict: failure ? 'fail' : missing.length > 0 ? 'warn' : 'pass',
      summary: failure
        ? failure.message
        : missing.length > 0
          ? oneLine(`was to be created and is not there: ${listed(missing, 3)}`, 600)
          : 'what was to be created is there',
      details: { missing: missing.slice(0, 100) },
    },
    failure,
  };
};

/** Commits that touch nothing of what the task owns are not its work, whatever else they are. */
function failureOf(facts: AttemptFacts): Extract<Failure, { code: 'no-commits' }> | null {
  const { task, changes, allow, result, symbols } = facts;
  const owned = [...task.scope.create, ...task.scope.modify];
  if (owned.length === 0 || changes.length === 0 || result.head === null) return null;
  const own = [...owned, ...allow.map((pattern) => ({ pattern, symbol: undefined }))].map(({ pattern, symbol }) => ({
    glob: compileGlob(pattern),
    symbol,
  }));
  const isOwn = (path: string) =>
    own.some(({ glob, symbol }) => globCovers(glob, path) && isTouched(symbol, symbols.get(path)));
  if (changes.some(({ path }) => isOwn(path))) return null;
  const aside = [...GENERATED_FILES, MARKER].map((pattern) => compileGlob(pattern));
  const other = changes.map(({ path }) => path).filter((path) => !aside.some((glob) => globCovers(glob, path)));
  const instead = other.length > 0 ? `, only ${listed(other, 3)}` : '';
  return { code: 'no-commits', message: oneLine(`nothing of what the task may write was changed${instead}`, 600) };
}

function isTouched(symbol: string | undefined, facts: FileSymbols | undefined): boolean {
  if (symbol === undefined || facts === undefined || 'unknown' in facts) return true;
  // Whose comments they are nobody can tell; to write some may be all that was asked for.
  return facts.wording === true || facts.touched.some((part) => symbolCovers(symbol, part));
}
