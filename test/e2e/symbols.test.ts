import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchTask, scratchPlan } from '../rig/scratch-plan.ts';

// Scopes that name symbols, in whole runs: real git, and the process that parses (dist/, so `npm run build` first).

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
  scratch.commit('shop', { 'shop.py': SHOP, 'page.vue': '<p>1</p>\n' });
});
afterEach(() => scratch.remove());

const SHOP = `import os


class Order:
    def total(self):
        return 1

    def label(self):
        return "order"


def parse(text):
    return Order()
`;

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

function plan(tasks: ScratchTask[], agents: Record<string, string>, config: object = {}): string {
  return scratchPlan(scratch, { tasks, config: { ...commandAgent(scratch, agents), ...config } });
}

const edit = (...commands: string[]) => `${commands.map((each) => `sed -i '${each}' shop.py`).join('; ')}`;

it('two tasks own symbols of one file, work at once, and both land', async () => {
  const name = plan(
    [
      { id: 'task-001', modify: ['shop.py::Order.total'] },
      { id: 'task-002', modify: ['shop.py::parse'] },
    ],
    {
      'task-001': edit('s/return 1/return 2/'),
      'task-002': edit('s/return Order()/return Order() or None/', 's/^import os/import os\\nimport sys/'),
    },
  );
  const planned = await copse('plan', '--json');
  expect(planned.stdout).toContain('"exclusive":[]');
  const run = await copse('run', '--scope', 'enforce', '--max-concurrent', '2');
  expect(run.exit, run.stderr + run.stdout).toBe(0);
  const landed = scratch.git('show', `copse/${name}:shop.py`);
  expect(landed).toContain('return 2');
  expect(landed).toContain('import sys');
  const said = journalOf(scratch).flatMap((event) => (event.type === 'attempt.verified' ? event.evidence : []));
  expect(
    said
      .filter(({ gate }) => gate === 'scope')
      .map(({ summary }) => summary)
      .sort(),
  ).toEqual([
    'the one changed path is in scope; shop.py: Order.total',
    'the one changed path is in scope; shop.py: parse',
  ]);
});

it('what is touched besides is told with file and line, by run, status and the report', async () => {
  const name = plan([{ id: 'task-001', modify: ['shop.py::Order.total'] }], {
    'task-001': edit('s/return 1/return 2/', 's/"order"/"Order"/'),
  });
  const run = await copse('run');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toContain('! task-001: outside the scope: shop.py:8 Order.label');
  expect((await copse('status')).stdout).toContain('outside the scope: shop.py:8 Order.label');
  await copse('integrate');
  expect(readFileSync(join(scratch.repo, 'parallel', name, 'integration-report.md'), 'utf8')).toContain(
    '| task-001 | shop.py:8 Order.label | outside |',
  );
});

it('under enforce it fails, and the next attempt is told which part it was', async () => {
  const told = 'grep -q "shop.py:8 Order.label" "$COPSE_PROMPT_FILE"';
  plan([{ id: 'task-001', modify: ['shop.py::Order.total'] }], {
    'task-001': `${edit('s/return 1/return 2/')}; ${told} || ${edit('s/"order"/"Order"/')}`,
  });
  const run = await copse('run', '--scope', 'enforce', '--retries', '1');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stdout).toContain('task=task-001 status=retrying error=scope_violation');
});

it('a symbol in BOUNDARY is a hard stop', async () => {
  plan([{ id: 'task-001', modify: ['shop.py'], boundary: ['shop.py::parse'] }], {
    'task-001': edit('s/return 1/return 2/', 's/return Order()/return None/'),
  });
  const run = await copse('run', '--retries', '0');
  expect(run.exit).toBe(1);
  expect(run.stderr).toContain('changed what it must not touch: shop.py:12 parse (shop.py::parse)');
});

it('to touch nothing of what is its own is no work', async () => {
  plan([{ id: 'task-001', modify: ['shop.py::Order.total'] }], { 'task-001': edit('s/"order"/"Order"/') });
  const run = await copse('run', '--retries', '0');
  expect(run.exit).toBe(1);
  expect(run.stderr).toContain('nothing of what the task may write was changed, only shop.py');
});

it('a file that nobody can parse counts as a whole, and says so', async () => {
  plan([{ id: 'task-001', modify: ['page.vue::setup', 'shop.py::parse'] }], {
    'task-001': `echo '<p>2</p>' > page.vue; ${edit('s/def parse(/def parse((/')}`,
  });
  const run = await copse('run', '--scope', 'enforce');
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toContain(
    '! task-001: all 2 changed paths are in scope; page.vue judged as a whole: there is no grammar for it; shop.py judged as a whole: line 12 does not parse',
  );
});

it('validate notes a symbol that is not there', async () => {
  plan([{ id: 'task-001', modify: ['shop.py::Order.totla', 'shop.py::parse'] }], {});
  const { exit, stdout } = await copse('validate');
  expect(exit).toBe(0);
  expect(stdout).toContain("'shop.py' has no 'Order.totla', which is to be modified");
  expect(stdout).not.toContain("'parse'");
});
