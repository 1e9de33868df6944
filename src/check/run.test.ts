import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baselines } from './baseline.ts';
import { runCheck, WHOLE } from './run.ts';
import { type CheckSpec, checkSpec } from './spec.ts';

const PROGRAM: [string, ...string[]] = ['sh', '-c'];

describe('running a check', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-check-')));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const env = { PATH: process.env.PATH };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const run = (script: string, more: Partial<CheckSpec> = {}) =>
    runCheck(checkSpec({ name: 'x', kind: 'tests', argv: [...PROGRAM, script], ...more }), { root, env });
  const program = (argv: [string, ...string[]], more: Partial<CheckSpec> = {}) =>
    runCheck(checkSpec({ name: 'x', kind: 'tests', argv, ...more }), { root, env });

  it('reads real tests: node --test, in a folder of the tree', async () => {
    write('web/a.test.js', "require('node:test')('fails', () => { throw new Error('no'); });");
    const ran = await program(['node', '--test'], { folder: 'web' });
    expect(ran).toMatchObject({ outcome: 'failed', exit: 1, counts: { passed: 0, failed: 1 } });
    expect(ran.failed).toMatchObject([{ name: 'fails', file: 'web/a.test.js', line: 1 }]);
  });

  it('reads real tests: python -m unittest', async () => {
    write('test_a.py', 'import unittest\nclass T(unittest.TestCase):\n  def test_x(self): self.fail("no")\n');
    const ran = await program(['python', '-m', 'unittest', 'discover', '-v']);
    expect(ran.failed).toMatchObject([{ name: 'test_a.T.test_x', file: 'test_a.py', line: 3 }]);
  });

  it('no test is no pass', async () => {
    expect(await program(['node', '--test'])).toMatchObject({ outcome: 'nothing', why: 'there was no test to run' });
    expect(await run('echo "===== no tests ran in 0.01s ====="; exit 5')).toMatchObject({ outcome: 'nothing' });
    expect(await run('echo "ok 1 a # SKIP"; echo 1..1')).toMatchObject({ why: 'all 1 tests were skipped' });
  });

  it('what is not installed is not run', async () => {
    expect(await program(['no-such-program'])).toMatchObject({
      outcome: 'nothing',
      why: 'no-such-program is not installed',
    });
    expect(await run('exit 0', { needs: [{ packages: true }] })).toMatchObject({ outcome: 'nothing' });
    const needs = [{ module: 'no_such_module' }];
    expect((await program(['python', '-c', ''], { needs })).why).toMatch(/^no_such_module is not installed for python/);
  });

  it('is found as the system finds it: in a folder of PATH that is named from where the check runs', async () => {
    write('web/bin/own-check', '#!/bin/sh\necho "ok 1 a"; echo 1..1\n');
    chmodSync(join(root, 'web/bin/own-check'), 0o755);
    const spec = checkSpec({ name: 'x', kind: 'tests', argv: ['own-check'], folder: 'web' });
    const ran = await runCheck(spec, { root, env: { PATH: `bin:${process.env.PATH}` } });
    expect(ran).toMatchObject({ outcome: 'passed', counts: { passed: 1 } });
  });

  it('fails as a whole where no case is told: a crash, a limit of time, a missing program', async () => {
    expect((await run('echo oops >&2; exit 3')).failed).toMatchObject([{ id: WHOLE, message: 'exit status 3\noops' }]);
    expect(await run('nosuch-at-all')).toMatchObject({ exit: 127, why: 'a program that it runs is not installed' });
    const cut = await run('echo "ok 1 a"; echo 1..1; sleep 100', { timeoutMs: 300 });
    expect(cut).toMatchObject({ outcome: 'failed', why: 'ended after 0.3 s', failed: [{ id: WHOLE }] });
  });

  it('reports of JUnit are read in place of the output, and never those of an earlier run', async () => {
    const reports = ['out'];
    write('out/old.xml', '<testsuite><testcase name="old"><failure/></testcase></testsuite>');
    const now = '<testsuite><testcase name="now"/></testsuite>';
    const ran = await run(`mkdir -p out; echo '${now}' > out/a.xml; echo chatter`, { parser: 'junit', reports });
    expect(ran).toMatchObject({ outcome: 'passed', counts: { passed: 1, failed: 0 } });
  });

  it('what lists faults fails although it exits with 0', async () => {
    const ran = await run('echo a.go', { parser: 'files', listsFaults: true, kind: 'lint' });
    expect(ran).toMatchObject({ outcome: 'failed', failed: [{ file: 'a.go' }] });
  });

  it('is kept by its tree, its command and the set-up; not when it says nothing, or fell over as a whole', async () => {
    const spec = checkSpec({ name: 'x', kind: 'tests', argv: ['x'] });
    const kept = (tree: string, setup = {}) => baselines(join(root, 'kept'), { tree, setup });
    const failing = await run('echo "not ok 1 a"; echo 1..1; exit 1');
    kept('t').write(spec, failing);
    expect(kept('t').read(spec)).toEqual(failing);
    expect(kept('u').read(spec)).toBeNull();
    expect(kept('t', { command: 'npm ci' }).read(spec)).toBeNull();
    expect(kept('t').read({ ...spec, argv: ['y'] })).toBeNull();
    for (const run of [{ ...failing, outcome: 'nothing' as const }, await program(['sh', '-c', 'exit 3'])]) {
      kept('v').write(spec, run);
      expect(kept('v').read(spec)).toBeNull();
    }
  });
});
