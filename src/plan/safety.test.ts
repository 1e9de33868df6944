import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes, planSource, smallPlan, taskFile } from '../../test/rig/plan-source.ts';
import { scratchRepository } from '../../test/rig/repository.ts';
import { parsePlan } from './parse.ts';
import { unsafeId, unsafePackage, unsafePath, unsafeRef } from './safety.ts';

const HOSTILE_IDS = [
  '../../x',
  '-rf',
  'a;b',
  'a b',
  'a\0b',
  'a\u001b[31mb',
  'x'.repeat(300),
  '..',
  '.',
  '.hidden',
  'a..b',
  'a.lock',
  'A.LOCK',
  'a.',
  'a~b',
  'a^b',
  'a:b',
  'a?b',
  'a*b',
  'a[b',
  'a\\b',
  'a/b',
  '@',
  'a@{b',
  '$(id)',
  '`id`',
  "a'b",
  '"a"',
  'a|b',
  'a&b',
  'a\nb',
  '\u202ea',
  'a\ud800',
  '--help',
  '~',
  '%PATH%',
  '',
];

describe('ids', () => {
  it.each(HOSTILE_IDS)('%j is refused', (id) => {
    expect(unsafeId(id)).not.toBeNull();
  });

  it.each(['task-001', 'task-001-users', '001', 'a', 'größe-1', 'タスク-1', 'v1.2', 'a_b', 'con', 'HEAD'])(
    '%s is allowed',
    (id) => {
      expect(unsafeId(id)).toBeNull();
    },
  );

  it.each(HOSTILE_IDS.filter((id) => id !== '' && !/[\n\0]/.test(id)))(
    '%j in a plan is an error, not an exception',
    (id) => {
      const quoted = JSON.stringify(id);
      const source = planSource({
        'tasks/task-001.md': taskFile('task-001').replace('id: task-001', `id: ${quoted}`),
        'contracts/types.ts': '',
      });
      const result = parsePlan(source);
      expect(result.ok).toBe(false);
      expect(result.diagnostics.map(({ code }) => code)).toContain('unsafe-id');
      for (const { message, hint } of result.diagnostics)
        expect(`${message}${hint}`).not.toMatch(/[\u0000-\u001f\u202e]/);
      const manifest = JSON.stringify({ waves: [{ number: 1, tasks: [{ id }] }] });
      expect(codes(planSource({ 'manifest.json': manifest })).map((line) => line.split(' ')[1])).toContain('unsafe-id');
    },
  );

  it('whatever is allowed, git takes as a branch', () => {
    const id = fc.oneof(
      fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
      fc.string({
        minLength: 1,
        maxLength: 8,
        unit: fc.constantFrom('a', '.', '-', '@', '{', '/', '~', ' ', '1', 'lock', '..', '\u0301'),
      }),
    );
    const names = [...new Set(fc.sample(id, 800).filter((name) => unsafeRef(name) === null))];
    expect(names.length).toBeGreaterThan(80);
    // One git for all: update-ref --stdin dies at the first name it refuses, and says which.
    const input = names.map((name) => `verify refs/heads/feature/${name} ${'0'.repeat(40)}\n`).join('');
    const { repo, env, remove } = scratchRepository();
    const { status, stderr } = spawnSync('git', ['update-ref', '--stdin'], { cwd: repo, env, input, encoding: 'utf8' });
    remove();
    expect([status, stderr]).toEqual([0, '']);
  });

  it('that differ in case or composition only would be one branch on some file systems', () => {
    expect(codes(smallPlan({ 'task-a': {}, 'task-A': {} }))).toContain('error id-collision tasks/task-a.md:2:5');
    const composed = smallPlan({ 'task-\u00e9': {}, 'task-e\u0301': {} });
    expect(codes(composed).some((line) => line.startsWith('error id-collision'))).toBe(true);
  });

  it('of two files must differ', () => {
    const source = planSource({ 'tasks/a.md': taskFile('a1'), 'tasks/b.md': taskFile('a1'), 'contracts/types.ts': '' });
    expect(codes(source)).toEqual(['error duplicate-id tasks/b.md:2:5']);
  });

  it('the name of the plan becomes a branch too', () => {
    for (const name of ['my plan', '-x', 'a..b', 'x.lock', '~']) {
      expect(codes({ ...smallPlan({ a1: {} }), name })).toEqual(['error unsafe-name manifest.json:1:1']);
    }
  });
});

describe('paths', () => {
  const hostile = [
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a/..',
    '..',
    'a\u0000b',
    'a\u001bb',
    '-rf',
    '~/.ssh/id',
    'C:/Windows',
    'C:x',
    '\\\\host\\share',
    'a\\..\\b',
    '.git/hooks/pre-commit',
    'a/.GIT/config',
    `${'x'.repeat(300)}`,
    `${'a/'.repeat(800)}b`,
    '',
  ];

  it.each(hostile)('%j is refused', (path) => {
    expect(unsafePath(path)).not.toBeNull();
  });

  it.each([
    'a.py',
    'apps/*/x.py',
    '.github/workflows/ci.yml',
    '.gitignore',
    'a b.py',
    'a;b',
    '..a',
    'a..b',
    `${'abcdefghi/'.repeat(30)}x`,
  ])('%j is allowed', (path) => {
    expect(unsafePath(path)).toBeNull();
  });

  it.each([
    '../x',
    '/etc/passwd',
    '{a,../..}/x',
    'a/{b,..}/../x',
    '.{.,x}/y',
    '{a,/etc}/x',
    '-rf',
    '.git/config',
    'C:\\x',
    '{a,-b}',
  ])('%s is an error in every directive', (path) => {
    for (const directive of ['CREATE', 'MODIFY', 'BOUNDARY']) {
      for (const line of [`${directive}: ok.ts, ${path}`, `${directive}:\n- ok.ts\n- \`${path}\``]) {
        const result = parsePlan(smallPlan({ a1: { scope: line } }));
        expect(result.diagnostics.map(({ code, level }) => `${level} ${code}`)).toContain('error unsafe-path');
        expect(result.plan?.tasks[0]?.scope[directive.toLowerCase() as 'create'].map(({ pattern }) => pattern)).toEqual(
          ['ok.ts'],
        );
      }
    }
  });

  it('braces that spell out too many paths are refused: they could hide anything', () => {
    const bomb = `${'{a,b}'.repeat(40)}.ts`;
    expect(codes(smallPlan({ a1: { scope: `CREATE: ${bomb}` } }))).toContain('error unsafe-path tasks/a1.md:10:9');
  });

  it('prompt files and contracts stay in their folder', () => {
    const manifest = JSON.stringify({ waves: [{ number: 1, tasks: [{ id: 'a1', prompt_file: '../../etc/passwd' }] }] });
    const source = smallPlan({ a1: {} }, { 'manifest.json': manifest });
    expect(codes(source)).toEqual(['error unsafe-path manifest.json:1:57']);
    const contract = planSource({ 'tasks/a1.md': taskFile('a1').replace('contracts/types.ts', '../../secret') });
    expect(codes(contract)).toEqual(['error unsafe-path tasks/a1.md:5:13']);
  });
});

it.each(['--index-url=http://x', '-e .', '', ' ', 'a\nb', ` -r x`])('the package %j could be an option', (name) => {
  expect(unsafePackage(name)).not.toBeNull();
  const manifest = JSON.stringify({
    waves: [{ number: 1, tasks: [{ id: 'a1' }] }],
    dependencies: { python: { add: [name] } },
  });
  expect(codes(smallPlan({ a1: {} }, { 'manifest.json': manifest }))[0]).toMatch(/^error unsafe-package manifest.json/);
});

it.each(['psycopg[binary]>=3,<4', 'pytest==7.4.3', '@types/node@20', "tomli; python_version < '3.11'"])(
  'the package %s is allowed',
  (name) => {
    expect(unsafePackage(name)).toBeNull();
  },
);
