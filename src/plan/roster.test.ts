import { describe, expect, it } from 'vitest';
import { codes, planOf, planSource, said, smallPlan, taskFile, taskIn } from '../../test/rig/plan-source.ts';
import { parsePlan } from './parse.ts';
import type { PlanSource } from './plan.ts';

const waves = (...lists: unknown[][]) => JSON.stringify({ waves: lists.map((tasks, i) => ({ number: i + 1, tasks })) });

/** Where a part of a manifest on one line stands; the last one of several. */
const place = (source: PlanSource, part: string) =>
  `manifest.json:1:${source.files.get('manifest.json')!.lastIndexOf(part) + 1}`;

describe('the manifest and the task files', () => {
  it('the wave of the manifest counts, a difference is a warning', () => {
    const source = smallPlan(
      { a1: { wave: 1 }, a2: { wave: 1 } },
      { 'manifest.json': waves([{ id: 'a1' }], [{ id: 'a2' }]) },
    );
    expect(taskIn(planOf(source), 'a2').wave).toBe(2);
    expect(codes(source)).toEqual(['warning wave-mismatch tasks/a2.md:3:7']);
  });

  it('a file that the manifest leaves out does not run, and nobody can depend on it', () => {
    const source = smallPlan({ a1: { deps: 'a2' }, a2: {} }, { 'manifest.json': waves([{ id: 'a1' }]) });
    expect(said(parsePlan(source).diagnostics)).toEqual([
      "error unknown-id tasks/a1.md:4:8 deps: 'a2' is not in the manifest",
      'warning not-in-manifest tasks/a2.md:2:5 a2 is not in the manifest, so it will not run',
    ]);
  });

  it('a line without a file and without a prompt is an error', () => {
    const source = smallPlan({ 'task-001': {} }, { 'manifest.json': waves([{ id: 'task-001' }, { id: 'task-01' }]) });
    expect(parsePlan(source).diagnostics).toMatchObject([{ code: 'missing-task', hint: 'did you mean task-001?' }]);
  });

  it('a line with only a prompt runs after the wave before it', () => {
    const manifest = waves([{ id: 'a1' }, { id: 'a2' }], [{ id: 'a3', title: 'Third', agent: 'x:y', model: 'opus' }]);
    const source = smallPlan({ a1: {}, a2: {} }, { 'manifest.json': manifest, 'prompts/a3.txt': 'do it' });
    expect(taskIn(planOf(source), 'a3')).toMatchObject({
      title: 'Third',
      wave: 2,
      deps: ['a1', 'a2'],
      agent: 'x:y',
      model: 'opus',
      file: 'manifest.json',
      prompt: { file: 'prompts/a3.txt', text: 'do it' },
    });
    expect(codes(source)).toEqual([`warning no-task-file ${place(source, '"a3"')}`]);
  });

  it('a task is in one wave only', () => {
    const source = smallPlan(
      { a1: {}, a2: {} },
      { 'manifest.json': waves([{ id: 'a1' }, { id: 'a2' }], [{ id: 'a1' }]) },
    );
    expect(codes(source)).toContain(`error duplicate-task ${place(source, '"a1"')}`);
  });

  it('tasks may be strings, and waves without numbers are counted', () => {
    const manifest = JSON.stringify({ waves: [{ tasks: ['a1'] }, { wave: 2, tasks: ['a2'] }] });
    const source = smallPlan({ a1: {}, a2: { wave: 2 } }, { 'manifest.json': manifest });
    expect(planOf(source).waves).toMatchObject([
      { number: 1, tasks: ['a1'] },
      { number: 2, tasks: ['a2'] },
    ]);
    expect(codes(source)).toEqual(['warning wave-without-number manifest.json:1:11']);
  });

  it.each([
    ['numbers with a gap', [1, 3], 'warning wave-numbers'],
    ['a number twice', [1, 1], 'error duplicate-wave'],
    ['wave 0', [0, 1], 'error bad-wave'],
    ['a fraction', [1, 1.5], 'error wrong-type'],
    ['a string of digits', [1, '2'], undefined],
  ])('%s', (_what, numbers, expected) => {
    const manifest = JSON.stringify({ waves: numbers.map((number, i) => ({ number, tasks: [{ id: `a${i + 1}` }] })) });
    const source = smallPlan({ a1: { wave: '' }, a2: { wave: '' } }, { 'manifest.json': manifest });
    const found = codes(source).map((line) => line.split(' ', 2).join(' '));
    if (expected) expect(found).toContain(expected);
    else expect(found).toEqual([]);
  });

  it('a wave without tasks is left out', () => {
    const source = smallPlan({ a1: {} }, { 'manifest.json': waves([{ id: 'a1' }], []) });
    expect(codes(source)).toEqual([`warning empty-wave ${place(source, '2,')}`]);
    expect(planOf(source).waves).toHaveLength(1);
  });

  it('a dependency in a later wave is a warning', () => {
    const source = smallPlan({ a1: { deps: 'a2' }, a2: { wave: 2 } });
    expect(codes(source)).toEqual(['warning later-wave-dependency tasks/a1.md:4:8']);
  });

  it('`tasks.files` of M1 names missing, double and left-out files', () => {
    const files = ['tasks/a1.md', 'a1.md', 'tasks/gone.md'];
    const source = smallPlan(
      { a1: {}, a2: {} },
      { 'manifest.json': JSON.stringify({ version: '1.0.0', tasks: { files } }, null, 1) },
    );
    expect(codes(source)).toEqual([
      'warning listed-twice manifest.json:6:4',
      'error missing-task-file manifest.json:7:4',
      'warning not-in-manifest tasks/a2.md:2:5',
    ]);
  });

  it('an agent that differs is noted, and the manifest counts', () => {
    const source = smallPlan({ a1: { more: 'agent: a:b' } }, { 'manifest.json': waves([{ id: 'a1', agent: 'c:d' }]) });
    expect(taskIn(planOf(source), 'a1').agent).toBe('c:d');
    expect(codes(source)).toEqual(['note agent-mismatch tasks/a1.md:6:8']);
  });
});

describe('what is wrong with a manifest', () => {
  it.each([
    ['{"waves": [', 'error manifest-not-json manifest.json:1:12'],
    ['{\n  "waves": [],\n}', 'error manifest-not-json manifest.json:2:14'],
    ['[]', 'error manifest-not-object manifest.json:1:1'],
    ['', 'error manifest-not-json manifest.json:1:1'],
    ['{"waves": {}}', 'error wrong-type manifest.json:1:11'],
    ['{"waves": [1]}', 'error wrong-type manifest.json:1:12'],
    ['{"waves": [{"number": 1, "tasks": [{}]}]}', 'error missing-id manifest.json:1:36'],
    ['{"waves": [{"number": 1, "tasks": [{"id": 5}]}]}', 'error wrong-type manifest.json:1:43'],
    ['{"name": "a", "name": "b"}', 'warning repeated-key manifest.json:1:15'],
    ['{"dependencies": {"ruby": {"add": ["x"]}}}', 'warning unknown-dependency-key manifest.json:1:27'],
  ])('%s → %s', (manifest, expected) => {
    expect(codes(smallPlan({ a1: {} }, { 'manifest.json': manifest }))).toContain(expected);
  });

  it('does not hide what is wrong with the task files', () => {
    const source = smallPlan({ a1: { deps: 'nobody' } }, { 'manifest.json': '{' });
    expect(codes(source)).toEqual(['error manifest-not-json manifest.json:1:2', 'error unknown-id tasks/a1.md:4:8']);
  });

  it('no tasks at all is an error', () => {
    expect(codes(planSource({}))).toEqual(['error no-tasks tasks/:1:1']);
    expect(codes(planSource({ 'manifest.json': '{"waves": []}', 'tasks/README.md': 'x' }))).toEqual([
      'error no-tasks manifest.json:1:1',
    ]);
  });

  it('unknown keys are nobody’s business', () => {
    const manifest = JSON.stringify({
      'x-team': 1,
      waves: [{ number: 1, color: 'red', tasks: [{ id: 'a1', points: 3 }] }],
    });
    expect(codes(smallPlan({ a1: {} }, { 'manifest.json': manifest }))).toEqual([]);
  });
});

describe('what a manifest says about itself is recomputed', () => {
  const stated = (metadata: object) =>
    smallPlan(
      { a1: {}, a2: {}, a3: { wave: 2, deps: 'a1' } },
      {
        'manifest.json': JSON.stringify({
          waves: [
            { number: 1, tasks: ['a1', 'a2'] },
            { number: 2, tasks: ['a3'] },
          ],
          metadata,
        }),
      },
    );

  it.each([
    [{ total_tasks: 3, max_parallel: 2, critical_path: ['a1', 'a3'] }, []],
    [{ total_tasks: 4 }, ['the number of tasks is 3, not 4']],
    [{ max_parallel: 3 }, ['the largest wave is 2, not 3']],
    [{ critical_path: ['a1'] }, ['critical_path: the longest chain of deps is a1 → a3']],
    [
      { critical_path: ['a2', 'a3'] },
      ['critical_path: not every step is a dependency; the longest chain of deps is a1 → a3'],
    ],
    [{ critical_path: [] }, []],
  ])('%j', (metadata, expected) => {
    expect(parsePlan(stated(metadata)).diagnostics).toMatchObject(
      expected.map((message) => ({ level: 'note', message })),
    );
    expect(parsePlan(stated(metadata)).diagnostics).toHaveLength(expected.length);
  });
});

describe('prompts', () => {
  const withPrompts = (id: string, prompts: string[], promptFile?: string) => {
    const entry = { id, ...(promptFile ? { prompt_file: promptFile } : {}) };
    const texts = Object.fromEntries(prompts.map((name) => [`prompts/${name}`, `text of ${name}`]));
    return taskIn(planOf(smallPlan({ [id]: {} }, { 'manifest.json': waves([entry]), ...texts })), id).prompt?.file;
  };

  it.each([
    ['prompt_file', 'task-001-users', ['task-001-users.txt', 'x.txt'], 'prompts/x.txt', 'prompts/x.txt'],
    ['prompt_file without its folder', 'task-001', ['x.txt'], 'x.txt', 'prompts/x.txt'],
    ['the exact id', 'task-001-users', ['task-001.txt', 'task-001-users.txt'], undefined, 'prompts/task-001-users.txt'],
    ['the numeric stem', 'task-001-users', ['task-001.txt', 'task-001-x.txt'], undefined, 'prompts/task-001.txt'],
    ['the only one that goes on', 'task-001', ['task-001-users.txt'], undefined, 'prompts/task-001-users.txt'],
    ['none of two that go on', 'task-001', ['task-001-a.txt', 'task-001-b.txt'], undefined, undefined],
    ['none of another number', 'task-001', ['task-0011.txt', 'task-002.txt'], undefined, undefined],
    [
      'none in place of a missing prompt_file that has an id',
      'task-001',
      ['task-001.txt'],
      'prompts/y.txt',
      'prompts/task-001.txt',
    ],
  ])('%s', (_how, id, prompts, promptFile, expected) => {
    expect(withPrompts(id, prompts, promptFile)).toBe(expected);
  });
});

it('a file that could not be read is a finding among the others', () => {
  const unreadable = [
    {
      code: 'file-too-large',
      level: 'error' as const,
      message: 'too large',
      file: 'prompts/a1.txt',
      line: 1,
      column: 1,
    },
  ];
  expect(codes({ ...smallPlan({ a1: { deps: 'b' } }), unreadable })).toEqual([
    'error file-too-large prompts/a1.txt:1:1',
    'error unknown-id tasks/a1.md:4:8',
  ]);
});

it('fields that look like a slip of the pen are pointed out, others are not', () => {
  const { diagnostics } = parsePlan(smallPlan({ a1: { more: 'dependancies: [x]\npriority: high' } }));
  expect(diagnostics).toMatchObject([{ code: 'unknown-field', line: 6, hint: 'did you mean dependencies?' }]);
});

it('a task file of the plan in words: sections, verbatim', () => {
  const body =
    '## Requirements\n- `a`\n\n### More\n1. b\n\n## Implementation Notes\nUse X.\n\n## Acceptance Criteria\n- [ ] c\n## Output Format (REQUIRED)\njson';
  const task = taskIn(
    planOf(
      planSource({ 'tasks/a1.md': `${taskFile('a1').split('## Requirements')[0]}${body}`, 'contracts/types.ts': '' }),
    ),
    'a1',
  );
  expect(task).toMatchObject({
    requirements: '- `a`\n\n### More\n1. b',
    checklist: '- [ ] c',
    outputFormat: 'json',
    notes: '## Implementation Notes\nUse X.',
  });
});
