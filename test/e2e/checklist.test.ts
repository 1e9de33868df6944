import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

const TASK = {
  id: 'task-001',
  create: ['task-001.txt', 'check.sh'],
  checklist: '- [ ] ./check.sh passes\n- [ ] reads well\n- [ ] coverage >= 80%',
};
/** The first attempt brings a check that fails, the second reads in its prompt why. */
const SCRIPT = `echo "attempt $2" > task-001.txt
printf '#!/bin/sh\\nmkdir -p coverage; echo "LF:10\\nLH:9" > coverage/lcov.info\\n' > check.sh
[ "$2" = 2 ] || printf 'echo the answer is wrong; exit 3\\n' >> check.sh
chmod +x check.sh`;

describe('checklists', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = scratchRepository({ 'README.md': '#\n', '.gitignore': 'coverage/\n' });
  });
  afterEach(() => scratch.remove());

  const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });
  const plan = () => {
    const name = shellPlan(scratch, { tasks: [TASK] }, { 'task-001': SCRIPT });
    return join(scratch.repo, 'parallel', name);
  };
  const report = (folder: string) => readFileSync(join(folder, 'integration-report.md'), 'utf8');

  it('commands of a checklist fail an attempt, and the next one is told their output', async () => {
    const folder = plan();
    const run = await copse('run', '--checklist', 'run');
    expect(run.stdout + run.stderr).toContain('status=retrying error=checklist');
    expect(run.exit).toBe(0);
    const runs = join(scratch.repo, '.git/copse/runs');
    const [id] = readdirSync(runs);
    const prompt = readFileSync(join(runs, id!, 'attempts/task-001.2/prompt.txt'), 'utf8');
    expect(prompt).toContain('    the answer is wrong');
    expect((await copse('integrate')).exit).toBe(0);
    expect(report(folder)).toContain('| task-001 | ./check.sh passes | ✅ |');
    expect(report(folder)).toContain('| task-001 | coverage >= 80% | ✅ |');
    expect(report(folder)).toContain('| task-001 | reads well | for people |');
  });

  it('are shown and not run by default', async () => {
    const folder = plan();
    expect(await copse('run')).toMatchObject({ exit: 0 });
    await copse('integrate');
    expect(report(folder)).toContain('| task-001 | ./check.sh passes | ⚠️ not checked |');
  });
});
