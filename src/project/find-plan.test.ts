import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../util/refusal.ts';
import { findPlan } from './find-plan.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-find-')));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '{}');
  }
}

function refusal(argument?: string, cwd = root): Refusal {
  try {
    findPlan({ cwd, argument });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const ONE = 'parallel/TS-0042-inventory/manifest.json';

describe('without an argument', () => {
  it('the single plan under parallel/ is used, from anywhere in the repository', () => {
    write(ONE, 'parallel/README.md', 'parallel/notes/x.txt', 'src/deep/a.ts');
    const plan = join(root, 'parallel/TS-0042-inventory');
    expect(findPlan({ cwd: root })).toBe(plan);
    expect(findPlan({ cwd: join(root, 'src/deep') })).toBe(plan);
    expect(findPlan({ cwd: join(root, 'src/deep'), repoRoot: root })).toBe(plan);
  });

  it('a plan without a manifest counts when it has task files', () => {
    write('parallel/inventory/tasks/task-001.md');
    expect(findPlan({ cwd: root })).toBe(join(root, 'parallel/inventory'));
  });

  it('several are listed with the commands to type', () => {
    write(ONE, 'parallel/TS-0043-shop/manifest.json');
    expect(refusal()).toMatchObject({
      code: 'several-plans',
      exit: 2,
      message: 'there are 2 plans in parallel/',
      hint: 'name the one you mean:\n    copse validate TS-0042-inventory\n    copse validate TS-0043-shop',
    });
  });

  it('of several, the one the user stands in is used', () => {
    write(ONE, 'parallel/TS-0043-shop/tasks/task-001.md');
    expect(findPlan({ cwd: join(root, 'parallel/TS-0043-shop/tasks') })).toBe(join(root, 'parallel/TS-0043-shop'));
  });

  it('none is refused with what a plan is', () => {
    expect(refusal()).toMatchObject({ code: 'no-plan', exit: 2 });
    mkdirSync(join(root, 'parallel'));
    expect(refusal().message).toBe('there is no plan in parallel/');
    expect(refusal().hint).toContain('tasks/*.md');
  });

  it('a folder parallel/ without plans does not hide the one above', () => {
    write(ONE, 'src/parallel/pool.ts');
    expect(findPlan({ cwd: join(root, 'src') })).toBe(join(root, 'parallel/TS-0042-inventory'));
  });

  it('a repository inside another one does not use the outer plans', () => {
    write(ONE, 'inner/.git/HEAD', 'inner/src/a');
    expect(refusal(undefined, join(root, 'inner/src')).code).toBe('no-plan');
  });
});

describe('with an argument', () => {
  beforeEach(() =>
    write(
      ONE,
      'parallel/TS-0043-shop/manifest.json',
      'parallel/TS-0043-shop-two/manifest.json',
      'elsewhere/plan/manifest.json',
    ),
  );

  it.each([
    ['a path', 'elsewhere/plan', 'elsewhere/plan'],
    ['a path with a slash', './parallel/TS-0042-inventory/', 'parallel/TS-0042-inventory'],
    ['the manifest', 'parallel/TS-0042-inventory/manifest.json', 'parallel/TS-0042-inventory'],
    ['the name', 'TS-0042-inventory', 'parallel/TS-0042-inventory'],
    ['the exact name, though another begins with it', 'TS-0043-shop', 'parallel/TS-0043-shop'],
    ['the beginning of the name', 'TS-0042', 'parallel/TS-0042-inventory'],
    ['in small letters', 'ts-0042', 'parallel/TS-0042-inventory'],
    ['any beginning that is unique', 'TS-0043-shop-t', 'parallel/TS-0043-shop-two'],
  ])('%s', (_what, argument, expected) => {
    expect(findPlan({ cwd: root, argument })).toBe(join(root, expected));
  });

  it('a beginning of several is refused with the commands to type', () => {
    expect(refusal('TS-0043')).toMatchObject({
      code: 'several-plans',
      details: { plans: ['TS-0043-shop', 'TS-0043-shop-two'] },
    });
    expect(refusal('TS').code).toBe('several-plans');
    expect(refusal('parallel').code).toBe('several-plans');
  });

  it.each(['TS-0044', 'elsewhere/nothing', '../../x', '-rf', 'a;b', '', 'x\0y', 'x'.repeat(5000)])(
    '%j is refused',
    (argument) => {
      expect(['plan-not-found', 'not-a-plan', 'several-plans']).toContain(refusal(argument).code);
    },
  );

  it('a typo gets a suggestion', () => {
    expect(refusal('TS-0042-inventroy').hint).toBe('did you mean TS-0042-inventory?');
  });

  it('a folder that is no plan says so', () => {
    write('empty/readme.txt');
    expect(refusal('./empty')).toMatchObject({ code: 'not-a-plan', exit: 2 });
  });
});
