import { describe, expect, it } from 'vitest';
import { changesOf } from '../../test/rig/attempts.ts';
import { scope } from '../../test/rig/scopes.ts';
import { judgeResolution } from './judge-resolution.ts';

const own = scope({ create: ['src/own.ts'], boundary: ['src/theirs.ts', 'infra/**'] });
const theirs = scope({ modify: ['src/theirs.ts'], boundary: ['src/own.ts'] });

const judged = (...changes: string[]) =>
  judgeResolution(changesOf(...changes), { scopes: [own, theirs], conflicted: ['src/shared.ts'] }, {}).map(
    ({ path, rule, severity }) => `${path} ${rule} ${severity}`,
  );

describe('a resolution may change', () => {
  it.each([
    ['what was in conflict, whatever the scopes say of it', 'M src/shared.ts'],
    ['what the task may create', 'A src/own.ts'],
    ['what the other may modify, also where the task must not', 'M src/theirs.ts'],
    ['lockfiles', 'M package-lock.json'],
  ])('%s', (_, change) => {
    expect(judged(change)).toEqual([]);
  });

  it.each([
    ['what neither may', 'M README.md', ['README.md outside fail']],
    ['what one must not and the other may not', 'M infra/a.tf', ['infra/a.tf boundary fail']],
    ['what runs programs for others', 'A .npmrc', ['.npmrc sensitive fail']],
  ])('not %s', (_, change, expected) => {
    expect(judged('M src/shared.ts', change)).toEqual(expected);
  });
});
