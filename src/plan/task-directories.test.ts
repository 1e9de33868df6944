import { describe, expect, it } from 'vitest';
import { planOf, planSource, said, taskFile, taskIn } from '../../test/rig/plan-source.ts';
import { parsePlan } from './parse.ts';

/** A plan of three tasks, of which the third waits for the first, with this line in its manifest. */
function source(line: string, pattern = 'worktree') {
  const manifest = `{
  "pattern": "${pattern}",
  "waves": [{ "number": 1, "tasks": ["task-001-users", "task-002", "task-003"] }],
  ${line}
}`;
  return planSource({
    'manifest.json': manifest,
    'tasks/task-001-users.md': taskFile('task-001-users'),
    'tasks/task-002.md': taskFile('task-002'),
    'tasks/task-003.md': taskFile('task-003', { deps: 'task-001-users' }),
    'contracts/types.ts': '',
  });
}
const problems = (line: string, pattern?: string) =>
  said(parsePlan(source(line, pattern)).diagnostics).filter((text) => !/same-wave|id-alias/.test(text));

describe('directories of the manifest', () => {
  it('are a path or a list, by the id of a task as it may be written anywhere', () => {
    const plan = planOf(
      source('"directories": { "task-001": "./src/users/", "task-002": ["test", "src/b", "src/b/deep"] }'),
    );
    expect(taskIn(plan, 'task-001-users').directories).toEqual({ paths: ['src/users'], line: 4, column: 20 });
    expect(taskIn(plan, 'task-002').directories?.paths).toEqual(['src/b', 'test']);
    expect(taskIn(plan, 'task-003').directories).toBeUndefined();
  });

  it.each([
    ['["src"]', "error wrong-type manifest.json:4:18 'directories' is to be an object, not a list"],
    [
      '{ "task-002": 7 }',
      "error wrong-type manifest.json:4:32 a directory of 'task-002' is to be a string, not a number",
    ],
    ['{ "task-002": [] }', "error no-directory manifest.json:4:32 the list of directories of 'task-002' is empty"],
    ['{ "task-002": "../x" }', "error unsafe-path manifest.json:4:32 the directory '../x' has '..'"],
    ['{ "task-002": ["a", "/b"] }', "error unsafe-path manifest.json:4:38 the directory '/b' is absolute"],
    [
      '{ "task-002": "src/*" }',
      "error unsafe-path manifest.json:4:32 the directory 'src/*' has a '*': name the directory itself",
    ],
    ['{ "task-9": "src" }', "error unknown-id manifest.json:4:20 directories: 'task-9' is no task of this plan"],
    [
      '{ "task-001": "a", "task-001-users": "b" }',
      "error repeated-directories manifest.json:4:37 directories: 'task-001-users' is task-001-users, which has an entry above",
    ],
  ])('%s', (written, expected) => {
    expect(problems(`"directories": ${written}`)).toEqual([expected]);
  });

  it('that two tasks share are an error where the plan is for that pattern, else a warning', () => {
    const shared = '"directories": { "task-001": "src", "task-002": "src/b", "task-003": "src/c" }';
    const text = (level: string) => [
      `${level} shared-directories manifest.json:4:39 task-001-users and task-002 work in src and in src/b, which lie in each other, and neither waits for the other`,
    ];
    expect(problems(shared)).toEqual(text('warning'));
    expect(problems(shared, 'directory')).toEqual(text('error'));
    expect(problems('"directories": { "task-001": "src", "task-003": "src/c" }', 'directory')).toEqual([]);
  });

  it('that are said twice count as they are said last', () => {
    const plan = planOf(source('"directories": { "task-002": "a", "task-002": "b" }'));
    expect(taskIn(plan, 'task-002').directories?.paths).toEqual(['b']);
  });
});
