import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../util/clock.ts';
import { attemptPaths, createRun, listRuns, newRunId, runPaths } from './store.ts';

let common: string;
beforeEach(() => {
  common = mkdtempSync(join(tmpdir(), 'copse-store-'));
});
afterEach(() => rmSync(common, { recursive: true }));

const clockAt = (time: string): Clock => ({ now: () => Date.parse(time), sleep: async () => {} });
const mode = (path: string) => statSync(path).mode & 0o777;

describe('newRunId', () => {
  it('is the time and four characters', () => {
    const randoms = [0, 0.28, 0.999999, 0.5];
    expect(newRunId(clockAt('2026-11-23T14:22:33.999Z'), () => randoms.shift()!)).toBe('20261123-142233-0azi');
  });

  it('sorts by time', () => {
    const times = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z', '2026-11-01T00:00:00Z', '2027-01-01T00:00:00Z'];
    const ids = times.map((time, index) => newRunId(clockAt(time), () => 0.9 - index * 0.2));
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('paths', () => {
  const run = '20261123-142233-ab12';

  it('stand below the common dir', () => {
    expect(runPaths('/r/.git', run).journal).toBe(`/r/.git/copse/runs/${run}/journal.jsonl`);
    expect(attemptPaths('/r/.git', run, 'task-001', 2).transcript).toBe(
      `/r/.git/copse/runs/${run}/attempts/task-001.2/transcript.jsonl`,
    );
  });

  it.each(['../../x', '', '.', '20261123-142233-ab12/..', '20261123-142233-AB12', '-rf', 'a\0b'])(
    'refuse run %j',
    (id) => {
      expect(() => runPaths('/r/.git', id)).toThrow(expect.objectContaining({ code: 'unknown-run', exit: 2 }));
    },
  );

  it.each(['../x', 'a/b', 'a\\b', 'a\0'])('refuse task %j', (task) => {
    expect(() => attemptPaths('/r/.git', run, task, 1)).toThrow('no file name');
  });
});

describe('folders of runs', () => {
  it('are private, and made once', () => {
    const run = '20261123-142233-ab12';
    const paths = createRun(common, run);
    expect([paths.dir, paths.attempts].map(mode)).toEqual([0o700, 0o700]);
    expect(() => createRun(common, run)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });

  it('are listed when they have a journal, the newest first', () => {
    expect(listRuns(common)).toEqual([]);
    for (const run of [
      '20261123-142233-ab12',
      '20261124-000000-0000',
      '20261122-235959-zzzz',
      '20261125-000000-none',
    ]) {
      const { journal } = createRun(common, run);
      if (!run.endsWith('none')) writeFileSync(journal, '');
    }
    writeFileSync(join(common, 'copse/runs/notes.txt'), '');
    expect(listRuns(common)).toEqual(['20261124-000000-0000', '20261123-142233-ab12', '20261122-235959-zzzz']);
  });
});
