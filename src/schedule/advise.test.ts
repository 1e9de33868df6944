import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeAgents, describeVerdict } from '../run/describe-advice.ts';
import { type AdviceFacts, advise } from './advise.ts';

/** A plan of four tasks on a machine with room for everything. */
const FACTS: AdviceFacts = {
  pattern: null,
  tasks: 4,
  tree: { files: 300, bytes: 1e6 },
  disk: { free: 50e9, floor: 5e8 },
  worktrees: { count: 5, each: 1e6, work: 16e6 },
  dependencies: 0,
  without: [],
  shared: [],
  sandbox: { ok: true, name: 'bubblewrap' },
  uncommitted: { anywhere: null, inDirectories: null },
  room: { memory: 80, disk: 3000, files: 500, cores: 8 },
  exclusive: 0,
  peak: (limit) => Math.min(limit, 4),
};
const FULL = { free: 80e6, floor: 5e7 };
const SHARED = { tasks: ['a', 'b'], directories: ['src', 'src/b'] } satisfies AdviceFacts['shared'][number];
const DIRTY = { anywhere: 'the checkout has changes that are in no commit: x', inDirectories: null };
const chosen = (facts: Partial<AdviceFacts>) => advise({ ...FACTS, ...facts }).pattern;

describe('the pattern', () => {
  it('is worktree where worktrees fit, whatever else is possible', () => {
    expect(chosen({})).toBe('worktree');
    expect(chosen({ uncommitted: DIRTY, shared: [SHARED], sandbox: { ok: false, message: 'none' } })).toBe('worktree');
    expect(chosen({ disk: null })).toBe('worktree');
  });

  it('is directory for a tree that makes worktrees dear, or on a disk that has no room for them', () => {
    expect(chosen({ tree: { files: 250_000, bytes: 1e6 } })).toBe('directory');
    expect(chosen({ tree: { files: 10, bytes: 6e9 } })).toBe('directory');
    expect(chosen({ disk: FULL })).toBe('directory');
  });

  it.each<[string, Partial<AdviceFacts>]>([
    ['tasks share directories', { shared: [SHARED] }],
    ['a task has none', { without: ['a'] }],
    ['the plan installs dependencies', { dependencies: 2 }],
    ['there is no sandbox', { sandbox: { ok: false, message: 'none' } }],
    ['a directory has uncommitted changes', { uncommitted: { anywhere: null, inDirectories: 'src/x' } }],
  ])('is branch on such a disk when %s', (_, facts) => {
    expect(chosen({ disk: FULL, ...facts })).toBe('branch');
    expect(chosen({ tree: { files: 250_000, bytes: 1e6 }, ...facts })).toBe('worktree');
  });

  it('is worktree when nothing is possible: agents start as far as there is room', () => {
    const advice = advise({ ...FACTS, disk: FULL, shared: [SHARED], uncommitted: DIRTY });
    expect(advice.pattern).toBe('worktree');
    expect(advice.patterns.map(({ possible }) => possible)).toEqual([false, false, false]);
  });

  it('comes with every reason, for it and against the others', () => {
    const { patterns } = advise({ ...FACTS, disk: FULL, shared: [SHARED, SHARED], dependencies: 1, exclusive: 1 });
    expect(patterns.map((each) => [each.pattern, describeVerdict(each)])).toEqual([
      ['branch', 'one of 4 tasks after the other, in the checkout'],
      [
        'worktree',
        'not here: worktrees take 69 MB (5 of 1.0 MB, and room to work), 80 MB are free, and 50 MB are to stay so',
      ],
      [
        'directory',
        'not here: a and b work in src and in src/b, in no order, and 1 more pairs like them; the plan installs dependencies, which the checkout would not see',
      ],
    ]);
  });
});

describe('the number of agents', () => {
  const agents = (facts: Partial<AdviceFacts>) => advise({ ...FACTS, ...facts }).agents;
  const wide = { tasks: 100, peak: (limit: number) => limit };

  it('is what the plan has to do at once, unless the machine has room for fewer', () => {
    expect(agents({})).toMatchObject({ count: 4, limit: 'plan' });
    expect(agents({ tasks: 100, peak: (limit) => Math.min(limit, 6) })).toMatchObject({ count: 6, limit: 'plan' });
    expect(agents(wide)).toMatchObject({ count: 8, limit: 'cores' });
    expect(agents({ ...wide, room: { ...FACTS.room, memory: 2 } })).toMatchObject({ count: 2, limit: 'memory' });
    expect(agents({ ...wide, room: { ...FACTS.room, memory: 0 } })).toMatchObject({ count: 1, limit: 'memory' });
    expect(agents({ ...wide, room: { memory: null, disk: null, files: null, cores: 4 } }).count).toBe(4);
  });

  it('is one in the pattern branch, and asks no disk in the pattern directory', () => {
    expect(agents({ ...wide, pattern: 'branch' })).toMatchObject({ count: 1, limit: 'pattern' });
    const room = { ...FACTS.room, disk: 1 };
    expect(agents({ ...wide, room })).toMatchObject({ count: 1, limit: 'disk' });
    expect(agents({ ...wide, room, pattern: 'directory' })).toMatchObject({ count: 8, limit: 'cores' });
  });

  it('says why', () => {
    expect(describeAgents(agents({ exclusive: 2 }))).toBe(
      '4, the plan never has more to do at once (room for: memory 80, disk 3000, open files 500, cores 8; 2 pairs of tasks never run together)',
    );
  });
});

it('never advises what is impossible while something else is possible, nor more agents than there is room for', () => {
  const count = fc.nat(20);
  const facts = fc.record({
    files: fc.constantFrom(10, 300_000),
    free: fc.constantFrom(80e6, 50e9),
    dependencies: fc.nat(1),
    without: fc.subarray(['a', 'b']),
    shared: fc.subarray([SHARED]),
    sandboxed: fc.boolean(),
    dirty: fc.boolean(),
    room: fc.record({ memory: fc.option(count), disk: fc.option(count), files: fc.option(count), cores: fc.nat(20) }),
    width: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(facts, ({ files, free, sandboxed, dirty, width, ...drawn }) => {
      const { pattern, patterns, agents } = advise({
        ...FACTS,
        ...drawn,
        tasks: 30,
        tree: { files, bytes: 1 },
        disk: { free, floor: 5e7 },
        sandbox: sandboxed ? FACTS.sandbox : { ok: false, message: 'none' },
        uncommitted: { anywhere: dirty ? 'dirty' : null, inDirectories: null },
        peak: (limit) => Math.min(limit, width),
      });
      expect(patterns.map((each) => each.pattern).sort()).toEqual(['branch', 'directory', 'worktree']);
      expect(patterns[0]!.pattern).toBe(pattern);
      expect(patterns[0]!.possible).toBe(patterns.some(({ possible }) => possible));
      for (const { possible, reasons } of patterns) if (!possible) expect(reasons.length).toBeGreaterThan(0);
      const rooms = Object.values(agents.room).filter((each) => each !== null);
      expect(agents.count).toBeLessThanOrEqual(Math.max(1, Math.min(...rooms, width)));
      expect(agents.count).toBeGreaterThan(0);
    }),
  );
});
