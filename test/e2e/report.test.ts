import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportSchema } from '../../src/report/schema.ts';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// What a run proved, in the forms that other programs take.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
});
afterEach(() => scratch.remove());

const NAME = 'TS-0001-scratch';
const TASKS = [
  { id: 'task-001', create: ['one.txt'] },
  { id: 'task-002', create: ['two.txt'] },
];
const copse = (argv: string[], env: Record<string, string> = {}): Promise<CliRun> =>
  runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, ...env } });
const inPlan = (name: string) => join(scratch.repo, 'parallel', NAME, name);
const made = (name: string) => `echo 1 > ${name}.txt; git add -A; git commit -qm "feat: ${name}"`;

it('tells of a run that failed, in every form, and as annotations of GitHub Actions', async () => {
  shellPlan(scratch, { tasks: TASKS }, { 'task-001': made('one'), 'task-002': 'exit 3' });
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(scratch.root, 'summary.md') };
  const run = await copse(['run', '--retries', '0'], github);
  expect(run.exit).toBe(1);
  expect(run.stderr).toMatch(/^::error title=task\/agent::task-002 .* is failed: /m);
  expect(readFileSync(github.GITHUB_STEP_SUMMARY, 'utf8')).toMatch(
    /^# Integration Report: .*\n[\s\S]*- \*\*Tasks Integrated\*\*: 1\/2/,
  );

  const formats = ['markdown', 'json', 'html', 'junit', 'sarif', 'github'];
  const texts = Object.fromEntries(
    await Promise.all(formats.map(async (format) => [format, (await copse(['report', '--format', format])).stdout])),
  );
  expect(reportSchema.safeParse(JSON.parse(texts.json)).error).toBeUndefined();
  expect(texts.markdown).toMatch(/^# Integration Report/);
  expect(texts.html).toMatch(/^<!doctype html>[\s\S]*task-002/);
  expect(texts.junit).toMatch(/<testsuites name="copse" tests="2" failures="1"/);
  expect(JSON.parse(texts.sarif).runs[0].results).toMatchObject([
    { ruleId: 'task/agent', properties: { tasks: ['task-002'] } },
  ]);
  expect(texts.github).toMatch(/^::error title=task\/agent::/);
  expect(await copse(['report', '--format', 'word'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('sarif'),
  });
});

it('writes the report of a landing into the plan folder, and into its manifest that it is done', async () => {
  const text =
    '{\n  "tech_spec_id": "TS-0001",\n  "team": {"kept":  true},\n  "waves": [{"number": 1, "tasks": [{"id": "task-001"}, {"id": "task-002"}]}]\n}\n';
  shellPlan(scratch, { tasks: TASKS }, { 'task-001': made('one'), 'task-002': made('two') });
  writeFileSync(inPlan('manifest.json'), text);
  scratch.commit('manifest');
  expect((await copse(['run'])).exit).toBe(0);
  const landed = await copse(['integrate']);
  expect(landed).toMatchObject({ exit: 0, stderr: '' });
  const manifest = readFileSync(inPlan('manifest.json'), 'utf8');
  expect(manifest.startsWith(text.slice(0, -3))).toBe(true);
  expect(JSON.parse(manifest).integration).toMatchObject({
    status: 'completed',
    report_path: 'integration-report.md',
    completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    checks: { branch_merge: 'passed', boundary_violations: 'passed' },
  });
  expect(readFileSync(inPlan('logs/report.html'), 'utf8')).toContain('main (fast-forward)');
  // Its own output stands in the way of nothing.
  expect((await copse(['integrate'])).exit).toBe(0);
  expect((await copse(['validate'])).exit).toBe(0);
  expect((await copse(['clean'])).exit).toBe(0);

  const file = join(scratch.root, 'out/copse.xml');
  expect(await copse(['report', '--format', 'junit', '-o', file])).toMatchObject({ exit: 0, stdout: '' });
  expect(readFileSync(file, 'utf8')).toMatch(/tests="2" failures="0"/);
});
