import { describe, expect, it } from 'vitest';
import { codes, planOf, planSource, said, smallPlan, taskFile, taskIn } from '../../test/rig/plan-source.ts';
import { parsePlan } from './parse.ts';
import type { Task } from './plan.ts';

/** The scope of one task whose Scope section holds these lines. */
function scopeOf(...lines: string[]): Task['scope'] {
  return taskIn(parsePlan(smallPlan({ 'task-001': { scope: lines.join('\n') } })).plan, 'task-001').scope;
}

const patterns = (list: { pattern: string }[]) => list.map(({ pattern }) => pattern);

describe('1: one resolver for ids: exact, then the only one that goes on with `-`', () => {
  const manifest = (id: string) =>
    JSON.stringify({
      waves: [
        { number: 1, tasks: [{ id }] },
        { number: 2, tasks: [{ id: 'task-003' }] },
      ],
    });

  it.each([
    ['task-002', 'task-002-embedder', 'task-002-embedder.md'],
    ['task-002', 'task-002-embedder', 'task-002.md'],
    ['task-002-embedder', 'task-002', 'task-002-embedder.md'],
  ])('manifest %s, front matter %s, file %s', (written, id, file) => {
    const source = planSource({
      'manifest.json': manifest(written),
      [`tasks/${file}`]: taskFile(id),
      'tasks/task-003.md': taskFile('task-003', { wave: 2, deps: 'task-002' }),
      'contracts/types.ts': '',
    });
    const result = parsePlan(source);
    expect(result.ok).toBe(true);
    expect(result.plan?.waves[0]?.tasks).toEqual([id]);
    expect(taskIn(result.plan, 'task-003').deps).toEqual([id]);
    expect(result.diagnostics.every(({ level, code }) => level === 'note' && code === 'id-alias')).toBe(true);
    expect(result.diagnostics.length).toBeGreaterThan(0);
  });

  it('resolves deps, blocks and conflicts alike, and notes each short name once', () => {
    const source = smallPlan({
      'task-001-a': { more: 'blocks: [task-002]' },
      'task-002-b': { wave: 2, deps: 'task-001' },
      'task-003-c': { wave: 2, deps: 'task-001', more: 'conflicts: [task-002]' },
    });
    const plan = planOf(source);
    expect(taskIn(plan, 'task-001-a').blocks).toEqual(['task-002-b']);
    expect(taskIn(plan, 'task-003-c')).toMatchObject({ deps: ['task-001-a'], conflicts: ['task-002-b'] });
    expect(taskIn(plan, 'task-002-b').conflicts).toEqual(['task-003-c']);
    expect(codes(source)).toEqual(['note id-alias tasks/task-001-a.md:6:10', 'note id-alias tasks/task-002-b.md:4:8']);
  });

  it('an exact id wins over a longer one', () => {
    const plan = planOf(smallPlan({ 'task-001': {}, 'task-001-b': {}, 'task-002': { wave: 2, deps: 'task-001' } }));
    expect(taskIn(plan, 'task-002').deps).toEqual(['task-001']);
  });

  it('ambiguous is an error that names the candidates', () => {
    const result = parsePlan(
      smallPlan({ 'task-001-a': {}, 'task-001-b': {}, 'task-002': { wave: 2, deps: 'task-001' } }),
    );
    expect(said(result.diagnostics)).toContain(
      "error ambiguous-id tasks/task-002.md:4:8 deps: 'task-001' may be any of task-001-a, task-001-b",
    );
    expect(result.ok).toBe(false);
  });

  it('`task-00` is not the beginning of `task-001`', () => {
    expect(codes(smallPlan({ 'task-001': {}, 'task-002': { wave: 2, deps: 'task-00' } }))).toContain(
      'error unknown-id tasks/task-002.md:4:8',
    );
  });
});

describe('2: `blocks` that no `deps` mirror', () => {
  const source = smallPlan({
    'task-003': { more: 'blocks: [task-004]' },
    'task-004': {},
  });

  it('warn, and deps win', () => {
    expect(codes(source)).toEqual(['warning blocks-not-mirrored tasks/task-003.md:6:10']);
    expect(taskIn(planOf(source), 'task-004').deps).toEqual([]);
  });

  it('become an edge with honorBlocks', () => {
    const plan = planOf(source, { honorBlocks: true });
    expect(taskIn(plan, 'task-004').deps).toEqual(['task-003']);
    expect(codes(source, { honorBlocks: true })).toEqual(['warning same-wave-dependency tasks/task-003.md:6:10']);
  });

  it('can close a cycle with honorBlocks, shown at the line that closes it', () => {
    const crossed = smallPlan({ a1: { more: 'blocks: [a2]' }, a2: { more: 'blocks: [a1]' } });
    expect(parsePlan(crossed).ok).toBe(true);
    expect(codes(crossed, { honorBlocks: true })).toContain('error cycle tasks/a2.md:6:10');
  });
});

it('3: a dependency inside a wave is kept, with a warning', () => {
  const source = smallPlan({ 'task-001': {}, 'task-002': { deps: 'task-001' } });
  expect(codes(source)).toEqual(['warning same-wave-dependency tasks/task-002.md:4:8']);
  expect(taskIn(planOf(source), 'task-002')).toMatchObject({ wave: 1, deps: ['task-001'] });
});

it('4: a task of wave 3 with `deps: []` depends on nothing', () => {
  const source = smallPlan({ 'task-001': {}, 'task-002': { wave: 2, deps: 'task-001' }, 'task-003': { wave: 3 } });
  expect(codes(source)).toEqual([]);
  expect(taskIn(planOf(source), 'task-003')).toMatchObject({ wave: 3, deps: [] });
});

describe('5: only `id` is required', () => {
  it('everything else has a default', () => {
    const source = planSource({ 'tasks/task-001.md': '---\nid: task-001\n---\n' });
    expect(planOf(source).tasks).toEqual([
      {
        id: 'task-001',
        title: 'task-001',
        wave: 1,
        deps: [],
        blocks: [],
        conflicts: [],
        skills: [],
        contracts: [],
        scope: { create: [], modify: [], boundary: [], prose: [] },
        objective: '',
        requirements: '',
        checklist: '',
        outputFormat: '',
        notes: '',
        file: 'tasks/task-001.md',
      },
    ]);
    expect(codes(source)).toEqual([
      'warning no-contracts tasks/task-001.md:1:1',
      'warning no-boundary tasks/task-001.md:1:1',
      'note no-scope tasks/task-001.md:1:1',
      'note wave-derived tasks/task-001.md:2:5',
    ]);
  });

  it('a wave that is not given follows from the deps', () => {
    const source = smallPlan({ a1: {}, a2: { wave: '', deps: 'a1' }, a3: { wave: '', deps: 'a2' } });
    expect(planOf(source).tasks.map(({ id, wave }) => [id, wave])).toEqual([
      ['a1', 1],
      ['a2', 2],
      ['a3', 3],
    ]);
  });

  it('a file without an id is an error with the line to write', () => {
    const { diagnostics } = parsePlan(planSource({ 'tasks/task-007.md': '# Something\n' }));
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'missing-id',
        level: 'error',
        hint: 'begin the file with three lines: ---, id: task-007, ---',
      }),
    );
  });
});

describe('6: contracts that are not there', () => {
  const plan = (contracts: string, more: Parameters<typeof smallPlan>[0] = {}, has: string[] = []) => {
    const source = smallPlan({ 'task-001': {}, 'task-002': { wave: 2, deps: 'task-001' }, ...more });
    const files = new Map(source.files);
    files.set('tasks/task-002.md', files.get('tasks/task-002.md')!.replace('contracts/types.ts', contracts));
    return { ...source, files, repositoryHas: (path: string) => has.includes(path) };
  };

  it('warn, and stay in the plan', () => {
    const source = plan('contracts/nowhere.ts');
    expect(codes(source)).toEqual(['warning missing-contract tasks/task-002.md:5:13']);
    expect(taskIn(planOf(source), 'task-002').contracts).toEqual(['contracts/nowhere.ts']);
  });

  it.each([
    ['in the plan', 'contracts/types.ts', []],
    ['in the plan, by its name alone', 'types.ts', []],
    ['in the plan, by its path in the repository', 'parallel/TS-0042-inventory-system/contracts/types.ts', []],
    ['in the repository', 'src/types.ts', ['src/types.ts']],
    ['among what a dependency creates', 'src/task-001.ts', []],
  ])('are looked for %s', (_where, path, has) => {
    expect(codes(plan(path, {}, has))).toEqual([]);
  });

  it('warn when the task that creates one is not waited for', () => {
    expect(codes(plan('src/task-003.ts', { 'task-003': {} }))).toEqual([
      'warning contract-too-late tasks/task-002.md:5:13',
    ]);
  });
});

it.each(['[]', '(none)', 'none', 'None', 'None.', '-', '—', '', 'n/a', '`[]`', '(none) # tests only'])(
  '7: an empty scope is written as %j',
  (nothing) => {
    const scope = scopeOf(`CREATE: ${nothing}`, `MODIFY: ${nothing}`, `BOUNDARY: ${nothing}`);
    expect(scope).toEqual({ create: [], modify: [], boundary: [], prose: [] });
    const source = smallPlan({ 'task-001': { scope: `CREATE: a.ts\nMODIFY: ${nothing}\nBOUNDARY: ${nothing}` } });
    expect(codes(source)).toEqual([]);
  },
);

it('7: no directive at all is an empty scope, and no BOUNDARY', () => {
  expect(codes(smallPlan({ 'task-001': { scope: 'CREATE: a.ts' } }))).toEqual([
    'warning no-boundary tasks/task-001.md:1:1',
  ]);
});

describe('8: lists in a scope', () => {
  it('inline, split at commas', () => {
    expect(patterns(scopeOf('CREATE: a.py, b.py,c.py').create)).toEqual(['a.py', 'b.py', 'c.py']);
  });

  it('as bullets of any sort', () => {
    const { create } = scopeOf(
      'CREATE:',
      '- a.py',
      '* b.py',
      '+ c.py',
      '1. d.py',
      '  - e/f.py',
      '- [ ] g.py',
      '',
      '- h.py',
    );
    expect(patterns(create)).toEqual(['a.py', 'b.py', 'c.py', 'd.py', 'e/f.py', 'g.py', 'h.py']);
  });

  it('several lines of one directive', () => {
    expect(patterns(scopeOf('MODIFY: a.py::A', 'MODIFY: b.py', 'CREATE: c.py', 'MODIFY: d.py').modify)).toEqual([
      'a.py',
      'b.py',
      'd.py',
    ]);
  });

  it('indented lines, and a list that goes on after a comma', () => {
    expect(patterns(scopeOf('CREATE:', '  a.py', '  b.py').create)).toEqual(['a.py', 'b.py']);
    expect(patterns(scopeOf('CREATE: a.py,', '  b.py, c.py').create)).toEqual(['a.py', 'b.py', 'c.py']);
  });

  it('commas in braces, brackets, parentheses and backticks do not split', () => {
    const { create } = scopeOf('CREATE: a/{b,c}.py, d[1,2].py, e.py (x, y), `f, g.py`, {h,{i,j}}.py');
    expect(patterns(create)).toEqual(['a/{b,c}.py', 'd[1,2].py', 'e.py', 'f, g.py', '{h,{i,j}}.py']);
    expect(create[2]?.note).toBe('x, y');
  });

  it('what does not close is text', () => {
    expect(patterns(scopeOf('CREATE: a{b.py, c.py').create)).toEqual(['a{b.py', 'c.py']);
  });

  it('in a code fence', () => {
    expect(patterns(scopeOf('```yaml', 'CREATE: a.py', '# a comment', 'MODIFY: b.py', '```').create)).toEqual(['a.py']);
  });

  it.each([
    '**CREATE**: a.py',
    '**CREATE:** a.py',
    '- CREATE: a.py',
    '- **CREATE**: a.py',
    'Create: a.py',
    'CREATE : a.py',
    'CREATE (new files): a.py',
    'FILES TO CREATE: a.py',
    '### CREATE\n- a.py',
    '### Create\na.py',
    '#### Files to create:\n- a.py',
    'CREATE\n- a.py',
  ])('%j opens CREATE', (text) => {
    expect(patterns(scopeOf(text).create)).toEqual(['a.py']);
  });

  it.each(['BOUNDARY: a/*', 'DO NOT MODIFY: a/*', '**BOUNDARY** (Do NOT modify):\n- a/*', '### Do not touch\n- a/*'])(
    '%j opens BOUNDARY',
    (text) => {
      expect(patterns(scopeOf(text).boundary)).toEqual(['a/*']);
    },
  );
});

describe('9: trailing notes are stripped and kept', () => {
  it.each([
    ['a.py (owned by task-001)', 'a.py', 'owned by task-001'],
    ['b.py (do not modify)', 'b.py', 'do not modify'],
    ['apps.py (import in ready())', 'apps.py', 'import in ready()'],
    ['c.py # comment', 'c.py', 'comment'],
    ['d.py - text, more', 'd.py', 'text, more'],
    ['e.py — text', 'e.py', 'text'],
    ['f.py – text', 'f.py', 'text'],
    ['g.py: text', 'g.py', 'text'],
    ['`h.py` - text (x)', 'h.py', 'text (x)'],
    ['`i.py` (x)', 'i.py', 'x'],
    ['j.py (x) - y', 'j.py', 'x; y'],
    ['**k.py** - text', 'k.py', 'text'],
    ['app/(auth)/page.tsx', 'app/(auth)/page.tsx', undefined],
    ['app/(auth)', 'app/(auth)', undefined],
    ['l.py(see task-002 first)', 'l.py', 'see task-002 first'],
    ['**/*.py', '**/*.py', undefined],
    ['`m.py`::M.n — text', 'm.py', 'text'],
  ])('%s', (written, pattern, note) => {
    expect(scopeOf('MODIFY:', `- ${written}`).modify.map((entry) => [entry.pattern, entry.note])).toEqual([
      [pattern, note],
    ]);
    if (written.includes(',')) return; // inline, the comma splits
    expect(scopeOf(`MODIFY: ${written}`).modify.map((entry) => [entry.pattern, entry.note])).toEqual([[pattern, note]]);
  });

  const owned = (note: string, more: string[] = []) =>
    smallPlan({
      'task-001': { scope: `MODIFY: a.py\nBOUNDARY: src/orders/* (${note})` },
      'task-002': { scope: ['CREATE: src/orders/models.py', 'BOUNDARY: none', ...more].join('\n') },
    });

  it.each([
    'owned by task-002',
    'task-002 owns',
    'owner: task-002',
    'Order service (task-002 owns)',
    'owned by the users team',
  ])('"%s" agrees with the scope of that task', (note) => {
    expect(codes(owned(note))).toEqual([]);
  });

  it('"owned by task-N" is checked against the scope of that task', () => {
    const source = smallPlan({
      'task-001': { scope: 'CREATE: a.py\nBOUNDARY: src/orders/* (owned by task-002)' },
      'task-002': { scope: 'CREATE: src/products/models.py\nBOUNDARY: none' },
    });
    expect(codes(source)).toEqual(['warning owner-mismatch tasks/task-001.md:11:11']);
    expect(codes(owned('owned by task-009'))).toEqual(['warning unknown-owner tasks/task-001.md:11:11']);
  });
});

describe('10: prose in BOUNDARY', () => {
  it.each(['all implementation files', 'UserService', 'all implementation files (read-only for tests)'])(
    '%s goes to the prompt and is never matched',
    (prose) => {
      const scope = scopeOf('CREATE: a.py', 'BOUNDARY:', `- ${prose}`);
      expect(scope.boundary).toEqual([]);
      expect(scope.prose).toEqual([prose]);
    },
  );

  it.each(['Makefile', 'Dockerfile', 'Jenkinsfile', 'LICENSE', 'CODEOWNERS', 'tests/', 'a.py', '*', '.env'])(
    '%s is a path',
    (path) => {
      expect(patterns(scopeOf(`BOUNDARY: ${path}`).boundary)).toEqual([path]);
    },
  );

  it('one word, or words with a path in them, are pointed out', () => {
    const source = smallPlan({
      a1: { scope: 'CREATE: a.py\nBOUNDARY: UserService, everything in apps/orders/*, other tasks' },
    });
    expect(codes(source)).toEqual(['note boundary-prose tasks/a1.md:11:11', 'note boundary-prose tasks/a1.md:11:24']);
  });

  it('words in CREATE allow nothing, with a warning', () => {
    expect(codes(smallPlan({ a1: { scope: 'CREATE: a.py, the usual tests\nBOUNDARY: none' } }))).toEqual([
      'warning scope-not-a-path tasks/a1.md:10:15',
    ]);
  });
});

it('11: globs, braces, `**`, folders and symbols stay as written', () => {
  const { create, modify, boundary } = scopeOf(
    'CREATE: apps/users/{models,views}.py, apps/**/*.py, docs/, ./tools/x',
    'MODIFY: apps/core/acl.py::AclFilter.to_sql, config/urls.py::{urlpatterns, handler404}, a.py::run()',
    'MODIFY: a.rb::Shop::Order#empty?, a.rs::Order::add(), a.ts::Order.#lines',
    'BOUNDARY: apps/orders/*, apps/*/migrations/*',
  );
  expect(patterns(create)).toEqual(['apps/users/{models,views}.py', 'apps/**/*.py', 'docs/', 'tools/x']);
  expect(modify.map(({ pattern, symbol }) => `${pattern}::${symbol}`)).toEqual([
    'apps/core/acl.py::AclFilter.to_sql',
    'config/urls.py::urlpatterns',
    'config/urls.py::handler404',
    'a.py::run',
    'a.rb::Shop.Order.empty?',
    'a.rs::Order.add',
    'a.ts::Order.#lines',
  ]);
  expect(patterns(boundary)).toEqual(['apps/orders/*', 'apps/*/migrations/*']);
});

describe('12: front matter', () => {
  const text =
    '---\nid: 001\n\nwave: 1\n\ndeps: [007]\ncontracts: [c.ts]\n---\n# 001: One\n## Scope\nCREATE: a.ts\nBOUNDARY: none\n';
  const plan = (one: string) =>
    planSource({
      'tasks/001.md': one,
      'tasks/007.md': taskFile('007').replace('contracts/types.ts', 'c.ts'),
      'contracts/c.ts': '',
    });

  it.each([
    ['as it is', text],
    ['with a byte order mark', `\uFEFF${text}`],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['with both', `\uFEFF${text.replaceAll('\n', '\r\n')}`],
    ['with blank lines before it', `\n  \n${text}`],
    ['with spaces after the dashes', text.replaceAll('---\n', '---  \n')],
    ['closed by dots', text.replace('\n---\n#', '\n...\n#')],
    ['as YAML with comments and quotes', text.replace('id: 001', '# the id\n"id": "001"')],
    ['with lists in blocks', text.replace('deps: [007]', 'deps:\n  - 007')],
    ['with a folded scalar', text.replace('id: 001', 'id: >-\n  001')],
    ['with a string for a list', text.replace('[007]', '007')],
  ])('%s', (_how, source) => {
    const task = taskIn(planOf(plan(source)), '001');
    expect(task).toMatchObject({ id: '001', deps: ['007'], wave: 1, title: 'One' });
    expect(task.scope.create).toMatchObject([{ pattern: 'a.ts' }]);
  });

  it('`[001]` stays a string', () => {
    const source = smallPlan({ '001': {}, '1': {}, '010': { wave: 2, deps: '001' }, '0x1': { wave: 2, deps: '1' } });
    expect(taskIn(planOf(source), '010').deps).toEqual(['001']);
    expect(taskIn(planOf(source), '0x1').deps).toEqual(['1']);
  });

  it('`no`, `null` and dates are strings too', () => {
    const source = smallPlan({ no: {}, '2025-01-01': { wave: 2, deps: 'no' } });
    expect(taskIn(planOf(source), '2025-01-01').deps).toEqual(['no']);
  });

  it('headings inside code fences are text', () => {
    const body = '## Requirements\n```sh\n## Scope\nCREATE: wrong.ts\n```\n~~~\n# no\n~~~\n## Checklist\n- [ ] x';
    const source = smallPlan({ a1: { scope: `CREATE: right.ts\nBOUNDARY: none\n\n${body}` } });
    const task = taskIn(planOf(source), 'a1');
    expect(patterns(task.scope.create)).toEqual(['right.ts']);
    expect(task.requirements).toContain('## Scope\nCREATE: wrong.ts');
  });

  it('not closed is an error at its first line', () => {
    expect(codes(planSource({ 'tasks/a1.md': '\n---\nid: a1\n' }))).toContain(
      'error front-matter-open tasks/a1.md:2:1',
    );
  });

  it('broken YAML is an error at its line', () => {
    const source = smallPlan({ a1: { more: 'skills: [a, b' } });
    expect(codes(source)).toContain('error front-matter-invalid tasks/a1.md:7:1');
  });
});

it('13: an api-schema.yaml of comments only is an empty contract', () => {
  const source = planSource({
    'contracts/api-schema.yaml': '# nothing yet\n# later\n',
    'tasks/a1.md': taskFile('a1').replace('contracts/types.ts', 'contracts/api-schema.yaml'),
  });
  expect(codes(source)).toEqual([]);
  expect(planOf(source).contracts).toEqual([{ path: 'contracts/api-schema.yaml', text: '# nothing yet\n# later\n' }]);
});
