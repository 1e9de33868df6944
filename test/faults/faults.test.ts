import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtCopse, type Copse } from '../rig/copse.ts';
import { byProgram, type Driven, drive, inProcess } from './drive.ts';
import type { Fault, Suite } from './fault.ts';
import { go } from './go/suite.ts';
import { judge } from './judge.ts';
import { python } from './python/suite.ts';
import { type Outcome, tableOf } from './table.ts';
import { typescript } from './typescript/suite.ts';

// Defects that are put into what agents make, in real runs. Each must be named by the report, with task, file and line, and
// nothing else may be said; of clean work nothing at all.

const SUITES = [typescript, python, go];
const isThere = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

const cache = mkdtempSync(join(tmpdir(), 'copse-go-'));
const env = { GOCACHE: cache, GOFLAGS: '-vet=off' };
const driven: Driven[] = [];
let built: Copse;
/** The shop in Go is driven through the program as it is published. */
const through = ({ language }: Suite) => (language === 'Go' ? byProgram(built) : inProcess);
vi.setConfig({ testTimeout: 240_000 });
beforeAll(() => {
  built = builtCopse();
}, 180_000);
const outcomes = new Map<Suite, Outcome>();
afterAll(() => {
  built?.remove();
  for (const each of driven) each.remove();
  rmSync(cache, { recursive: true, force: true });
});

describe.each(SUITES)('$language', (suite) => {
  const named = new Set<Fault>();
  it.each(['branches', 'the merged tree'] as const)(
    'defects of %s are named with task, file and line, and nothing else is',
    async (where) => {
      const faults = suite.faults[where];
      const works = faults.flatMap((fault) => fault.works);
      const isMerged = where === 'the merged tree';
      const done = await drive(suite, works, { integrate: isMerged, env, through: through(suite) });
      driven.push(done);
      const { missed, besides } = judge(done, faults, isThere);
      for (const fault of faults) if (missed[fault.name] === undefined) named.add(fault);
      const uncaught = faults.filter((fault) => fault.uncaught).map(({ name }) => name);
      const expected = Object.fromEntries(Object.entries(missed).filter(([name]) => uncaught.includes(name)));
      expect({ missed, besides }, done.output).toEqual({ missed: expected, besides: [] });
      expect(Object.keys(expected), 'what nothing finds').toEqual(uncaught);
      if (faults.some(({ needs }) => needs !== undefined && !isThere(needs))) {
        const unchecked = done.report.stack.filter(({ outcome }) => outcome === 'not-checked').map(({ why }) => why);
        expect(unchecked.join()).toContain('is not installed');
      }
    },
  );

  it('clean work raises nothing, and lands', async () => {
    const works = suite.clean.flatMap((variant) => variant.works);
    const done = await drive(suite, works, { integrate: true, env, through: through(suite) });
    driven.push(done);
    outcomes.set(suite, { suite, named, raised: new Set(done.told.flatMap(({ tasks }) => tasks)).size });
    expect(done.told, done.output).toEqual([]);
    expect(done.exits, done.output).toEqual([0, 0]);
    expect(done.report.stack.flatMap(({ failures }) => failures).filter(({ status }) => status !== 'known')).toEqual(
      [],
    );
    expect(done.report.contracts?.checks.map(({ outcome }) => outcome)).toEqual(['met', 'met']);
  });
});

it('docs/verification.md says what came of it', () => {
  const file = resolve(import.meta.dirname, '../../docs/verification.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- begin: written by COPSE_TABLE=write npx vitest run test/faults -->\n', '\n<!-- end -->'];
  const table = tableOf(SUITES.map((suite) => outcomes.get(suite)!));
  const [head, rest] = text.split(begin) as [string, string];
  const old = rest.slice(0, rest.indexOf(end));
  if (process.env.COPSE_TABLE === 'write')
    writeFileSync(file, `${head}${begin}${table}${rest.slice(rest.indexOf(end))}`);
  else expect(old).toBe(table);
});
