import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

// The verdicts of whole runs, as a person sees them. What each gate says is in honesty.test.ts.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

/** Two tasks that do not wait for each other; the first one's agent does these shell lines, the other calls no git. */
function plan(lines: string, limits: object = {}) {
  const tasks = ['task-001', 'task-002'].map((id) => ({ id, create: [`${id}.txt`] }));
  return scratchPlan(scratch, {
    tasks,
    config: { ...commandAgent(scratch, { 'task-001': lines, 'task-002': 'echo y > task-002.txt' }), limits },
  });
}

const WORK = 'echo x > task-001.txt; git add -A; git commit -qm work; touch .claude-task-complete';

it('programs that an agent configured are not run by us, and the next task lands', async () => {
  const pwned = join(scratch.root, 'pwned');
  const evil = join(scratch.root, 'evil');
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${pwned}\ncat\n`, { mode: 0o755 });
  const name = plan(
    `${WORK}; for key in filter.x.clean filter.x.smudge core.fsmonitor merge.default.driver diff.external; do git config $key ${evil}; done
    git config core.hooksPath ${scratch.root}/hooks; mkdir -p ${scratch.root}/hooks
    for hook in post-checkout reference-transaction post-merge; do cp ${evil} ${scratch.root}/hooks/$hook; done
    echo '* filter=x' > "$(git rev-parse --git-common-dir)/info/attributes"
    rm -f ${pwned}; echo left > task-001.txt`,
  );
  const run = await copse('run', '--retries', '0', '--max-concurrent', '1');
  expect(existsSync(pwned) ? readFileSync(pwned, 'utf8') : '').toBe('');
  expect(run.exit, run.stderr).toBe(1);
  expect(run.stdout).toContain('task=task-001 status=failed error=repository_changed');
  expect(run.stderr).toMatch(/✗ task-001: changed what everybody shares in the git directory: config core\.fsmonitor/);
  expect(run.stdout).toContain('task=task-002 status=completed');
  expect(
    scratch.git('-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', 'show', `copse/${name}:task-002.txt`),
  ).toBe('y');
});

it('nor by the commands that come after the run, into the checkout, out of a snapshot, or to remove a workspace', async () => {
  const pwned = join(scratch.root, 'pwned');
  const evil = join(scratch.root, 'evil');
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${pwned}\ncat\n`, { mode: 0o755 });
  plan(
    `${WORK}; for key in filter.x.clean filter.x.smudge diff.x.textconv diff.x.command merge.x.driver; do git config $key ${evil}; done
    echo '* filter=x diff=x merge=x' > "$(git rev-parse --git-common-dir)/info/attributes"
    rm -f ${pwned}; echo left > left.txt`,
  );
  expect((await copse('run', '--retries', '0', '--max-concurrent', '1')).exit).toBe(1);
  for (const argv of [
    ['diff'],
    ['diff', 'task-001'],
    ['integrate', '--partial'],
    ['clean', '--force'],
    ['recover'],
    ['recover', 'task-001', '--diff'],
    ['recover', 'task-001', '--to', '../rescued'],
  ]) {
    const { exit, stderr } = await copse(...argv);
    expect([exit, existsSync(pwned) ? readFileSync(pwned, 'utf8') : ''], `${argv.join(' ')}\n${stderr}`).toEqual([
      0,
      '',
    ]);
    if (argv[0] === 'integrate') expect(stderr).toContain('filter.x.smudge');
  }
  expect(readFileSync(join(scratch.repo, 'task-002.txt'), 'utf8')).toBe('y\n');
});

it('what is only told is told in the end, by status and in the report', async () => {
  plan(`${WORK}; echo more >> README.md; git commit -qam more; printf 'x\\n' > 'task-001.txt'`);
  const run = await copse('run', '--max-concurrent', '1');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toContain('  ! task-001: outside the scope: README.md');
  expect((await copse('status')).stdout).toContain('! task-001: outside the scope: README.md');
  const { report } = JSON.parse((await copse('integrate', '--json')).stdout) as { report: string };
  expect(readFileSync(report, 'utf8')).toMatch(/task-001 changed README\.md:\d+ \(outside\)/);
});

it('a retry is told what failed, and lands when it does differently', async () => {
  plan(
    `echo x > task-001.txt; grep -q 'history keeps it' "$COPSE_PROMPT_FILE" || head -c 3000 /dev/zero > task-001.txt`,
    { maxFileSize: '2kB' },
  );
  const run = await copse('run', '--retries', '1', '--max-concurrent', '1');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stdout).toContain('task=task-001 status=retrying error=too_large');
  const failed = journalOf(scratch).find((event) => event.type === 'attempt.failed');
  expect(failed).toMatchObject({
    failure: { code: 'too-large', findings: [{ path: 'task-001.txt', detail: '3.0 kB' }] },
  });
});

it('a file of 200 MB is refused by its path and size, and nothing of it lands', async () => {
  const name = plan(`${WORK}; head -c 200000000 /dev/zero > big.bin; git add big.bin; git commit -qm big`);
  const before = process.memoryUsage().rss;
  let grown = 0;
  const look = setInterval(() => {
    grown = Math.max(grown, process.memoryUsage().rss - before);
  }, 20);
  const run = await copse('run', '--retries', '0', '--max-concurrent', '1');
  clearInterval(look);
  expect(run.exit, run.stderr).toBe(1);
  expect(run.stderr).toMatch(/✗ task-001: .*big\.bin \(200 MB\)/);
  expect(scratch.git('ls-tree', '-r', '--name-only', `copse/${name}`)).not.toContain('big.bin');
  expect(run.stdout).toContain('task=task-002 status=completed');
  expect(grown / 1e6).toBeLessThan(150); // it is measured, never read
  if (process.env.COPSE_FIGURES) console.log(`200 MB: ${Math.round(grown / 1e6)} MB more memory`);
}, 60_000);
