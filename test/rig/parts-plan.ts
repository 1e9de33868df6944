import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/run/event.ts';
import { runCli } from './cli.ts';
import type { Scratch } from './repository.ts';
import { shellPlan } from './shell-agent.ts';

/** Parts with names that must differ: two tasks can each be right and wrong together. One complaint is there on every commit. */
export const PARTS = {
  'names.sh': `#!/bin/sh
echo "old.txt:1: error: fails on every commit"
cat parts/* | sort | uniq -d | while read name; do echo "names.sh:3: error: two parts are named $name"; done
exit 1
`,
  'parts/zero': 'zero\n',
};

/** The same for tests of node. */
export const TESTED_PARTS = {
  'names.test.js': `const { test } = require('node:test');
const names = require('node:fs').readdirSync('parts').map((file) => require('node:fs').readFileSync('parts/' + file, 'utf8'));
test('names differ', () => {
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new Error('two parts are named ' + twice.join().trim());
});
test('as ever', () => { throw new Error('fails on every commit'); });
`,
  'parts/zero': 'zero\n',
};

const NAMES_CHECK = { name: 'names', command: 'sh names.sh', parser: 'lines' };
export const TEST_CHECK = { name: 'test', command: 'node --test-reporter=tap names.test.js', parser: 'tap' };

/** Makes a part of this name. */
export const part = (task: string, name: string) => `echo ${name} > parts/${task}`;

/**
 * A plan whose task-001 is checked alone and held there until all others are ready, so that they land together. What a task
 * does: a script, at the end of which it commits.
 */
export function heldPlan(
  scratch: Scratch,
  tasks: Record<string, string>,
  { check = NAMES_CHECK, ...config }: { check?: typeof NAMES_CHECK; [key: string]: unknown } = {},
): string {
  const wait = (name: string) => `until [ -e "${join(scratch.root, name)}" ]; do sleep 0.05; done`;
  const first = join(scratch.root, 'first');
  const runs = join(scratch.root, 'runs');
  const commit = 'git add -A; git commit -qm work; touch .claude-task-complete';
  const others = Object.entries(tasks).map(([id, script]) => [id, `${wait('checking')}\n${script}\n${commit}`]);
  const name = shellPlan(
    scratch,
    {
      tasks: ['task-001', ...Object.keys(tasks)].map((id) => ({ id, create: [`parts/${id}`, `${id}.txt`] })),
      config: {
        limits: { maxConcurrent: 8 },
        checks: [
          {
            ...check,
            command: `echo >> "${runs}"; if mkdir "${first}" 2>/dev/null; then ${wait('go')}; fi; ${check.command}`,
          },
        ],
        ...config,
      },
    },
    { 'task-001': `echo 1 > task-001.txt; ${commit}`, ...Object.fromEntries(others) },
  );
  return name;
}

/** Runs a held plan to its end and gives what it said; `seen` sees each event as it comes. */
export async function runHeld(
  scratch: Scratch,
  {
    tasks,
    argv = ['run'],
    signal,
    seen,
  }: { tasks: number; argv?: string[]; signal?: AbortSignal; seen?: (event: RunEvent) => void },
) {
  const events: RunEvent[] = [];
  let rest = '';
  const opens = (name: string, when: boolean) => {
    if (when && !existsSync(join(scratch.root, name))) writeFileSync(join(scratch.root, name), '');
  };
  const run = await runCli([...argv, '--json'], {
    cwd: scratch.repo,
    env: scratch.env,
    ...(signal && { signal }),
    onOutput: (text) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const event = JSON.parse(line) as RunEvent;
        events.push(event);
        const verified = events.filter(({ type }) => type === 'attempt.verified').length;
        opens('checking', event.type === 'landing.checking');
        opens('go', verified > tasks);
        seen?.(event);
      }
    },
  });
  return { ...run, events };
}

/** The events of one kind. */
export function only<T extends RunEvent['type']>(events: readonly RunEvent[], type: T) {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}
