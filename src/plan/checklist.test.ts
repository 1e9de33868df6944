import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checklistOf } from './checklist.ts';

const argv = (text: string) => checklistOf(`- [ ] ${text}`)[0]?.argv ?? null;

describe('items that are commands', () => {
  it.each([
    ['pytest apps/users/ passes', ['pytest', 'apps/users/']],
    ['`npm test` passes', ['npm', 'test']],
    ['`npm run lint` is clean.', ['npm', 'run', 'lint']],
    ['mypy apps/users/ --strict passes', ['mypy', 'apps/users/', '--strict']],
    ['go test ./... succeeds', ['go', 'test', './...']],
    ['`pytest -k "a and b" tests` is green', ['pytest', '-k', 'a and b', 'tests']],
    ['./scripts/check.sh exits with 0', ['./scripts/check.sh']],
    ['cargo clippy reports no errors', ['cargo', 'clippy']],
    ['python manage.py test apps.users passes', ['python', 'manage.py', 'test', 'apps.users']],
    ['npx tsc --noEmit passes', ['npx', 'tsc', '--noEmit']],
  ])('%s', (text, words) => {
    expect(argv(text)).toEqual(words);
  });

  it.each([
    ['says nothing of success', '`npm test`'],
    ['prose', 'the tests of users pass'],
    ['a program that is no check', '`rm -rf build` passes'],
    ['a check that is none', 'npm publish passes'],
    ['two commands', '`npm test && rm -rf /` passes'],
    ['a pipe', 'pytest | tee log passes'],
    ['a substitution', '`pytest $(cat list)` passes'],
    ['the same in quotes', '`pytest "$HOME"` passes'],
    ['a pattern that only a shell knows', 'pytest tests/*.py passes'],
    ['an open quote', "pytest 'a passes"],
    ['out of the tree', './../x.sh passes'],
    ['an absolute path', '/bin/sh passes'],
    ['a variable', 'CI=1 npm test passes'],
  ])('not: %s', (_, text) => {
    expect(argv(text)).toBeNull();
  });

  it('marks, bullets and prose around', () => {
    const items = checklistOf('Do this:\n- [x] pytest passes\n* looks good\n+ `tsc` passes\n\n1. nothing');
    expect(items.map(({ text, argv }) => [text, argv?.[0] ?? null])).toEqual([
      ['pytest passes', 'pytest'],
      ['looks good', null],
      ['`tsc` passes', 'tsc'],
    ]);
  });

  it('their words are those that a shell makes of them', () => {
    const letter = fc.constantFrom('a', 'b', ' ', '\t', '"', "'", '`', '$', '\\', '|', ';', '&', '*', '?', '#', '=');
    const texts = fc.sample(fc.string({ unit: letter, maxLength: 8 }), 2_000);
    const commands = texts.flatMap((text) => {
      const words = argv(`pytest ${text} passes`);
      return words === null ? [] : [{ text, words }];
    });
    expect(commands.length).toBeGreaterThan(50);
    const script = commands.map(({ text }) => `printf '%s\\0' pytest ${text}\nprintf '\\n\\0'\n`).join('');
    const told = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    const shell = told.split('\n\0').slice(0, -1);
    expect(shell.map((line) => line.split('\0').slice(0, -1))).toEqual(commands.map(({ words }) => words));
  });
});

it('thresholds of coverage', () => {
  const of = (text: string) => checklistOf(`- [ ] ${text}`)[0]!.coverage;
  expect(of('Test coverage >= 80%')).toBe(80);
  expect(of('at least 92.5 % of lines are covered')).toBe(92.5);
  expect(of('coverage is good')).toBeNull();
  expect(of('100% of users are happy')).toBeNull();
  expect(of('coverage 800%')).toBeNull();
});
