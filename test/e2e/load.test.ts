import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { reduce } from '../../src/run/reduce.ts';
import { fold } from '../../src/run/state.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { builtCopse, type Copse, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';

const TASKS = 200;
const AT_ONCE = 32;
/** MB of resident memory. */
const MEMORY = 250;

let copse: Copse;
let scratch: Scratch;
beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

/** Agents wait until as many as may run at once are there; from then on all go as fast as they can. */
function slowStart(): string {
  const [started, open] = [join(scratch.root, 'started'), join(scratch.root, 'open')];
  mkdirSync(started);
  return [
    `: > "${started}/$1"`,
    `[ "$(ls "${started}" | wc -l)" -lt ${AT_ONCE} ] || : > "${open}"`,
    `while [ ! -e "${open}" ]; do sleep 0.2; done`,
    'echo "made by $1" > "$1.txt"; git add -A; git commit -qm "feat: $1"; touch .claude-task-complete',
  ].join('\n');
}

function bigPlan(): string {
  const id = (number: number) => `task-${String(number + 1).padStart(3, '0')}`;
  const tasks = Array.from({ length: TASKS }, (_, at) => ({
    id: id(at),
    wave: at < TASKS / 2 ? 1 : 2,
    deps: at < TASKS / 2 ? [] : [id(at - TASKS / 2)],
    create: [`${id(at)}.txt`],
  }));
  const work = slowStart();
  const cases = Object.fromEntries(tasks.map((task) => [task.id, work]));
  const limits = { minFreeMemory: 0, minFreeDisk: 0, maxLoad: 1_000_000 };
  return scratchPlan(scratch, {
    tasks,
    config: { ...commandAgent(scratch, cases), limits },
    validation: { 2: 'true' },
  });
}

/** Runs copse; gives its exit status and the most memory it had, in MB. */
async function measured(...argv: string[]): Promise<{ exit: number | null; text: string; memory: number }> {
  const [hook, file] = [join(scratch.root, 'memory.mjs'), join(scratch.root, 'memory')];
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  const child = spawn(process.execPath, ['--import', hook, copse.main, ...argv], {
    cwd: scratch.repo,
    env: scratch.env,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, text, memory: Number(readFileSync(file, 'utf8')) / 1024 };
}

it(`${TASKS} tasks, ${AT_ONCE} at once: none is lost, in bounded memory`, { timeout: 600_000 }, async () => {
  const name = bigPlan();
  const { exit, text, memory } = await measured('run', '--max-concurrent', String(AT_ONCE));
  expect([exit, text.slice(-2000)]).toEqual([0, expect.stringContaining(`${TASKS} of ${TASKS} tasks integrated`)]);

  const events = journalOf(scratch);
  const tasks = (type: string) =>
    events.filter((event) => event.type === type).map((event) => (event as { task: string }).task);
  expect(new Set(tasks('task.integrated')).size).toBe(TASKS);
  expect(tasks('task.integrated')).toHaveLength(TASKS);
  expect(tasks('attempt.started')).toHaveLength(TASKS);
  let running = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === 'attempt.started') most = Math.max(most, ++running);
    if (type === 'attempt.ended') running -= 1;
  }
  expect(most).toBe(AT_ONCE);
  expect(fold(events, reduce).outcome).toBe('integrated');

  const files = scratch.git('ls-tree', '--name-only', `copse/${name}`).split('\n');
  expect(files.filter((file) => /^task-\d+\.txt$/.test(file))).toHaveLength(TASKS);
  expect(
    readdirSync(join(scratch.root, 'workspaces/repo', name)).filter((place) => !place.startsWith('.')),
  ).toHaveLength(TASKS);
  expect(scratch.git('status', '--porcelain')).toBe('');
  expect(scratch.git('fsck', '--no-dangling', '--connectivity-only')).toBe('');
  expect(left()).toEqual([]);

  const runs = join(scratch.repo, '.git/copse/runs');
  const journal = statSync(join(runs, readdirSync(runs)[0]!, 'journal.jsonl')).size;
  expect(memory).toBeLessThan(MEMORY);
  expect(journal / TASKS).toBeLessThan(10_000);

  const cleaned = await measured('clean');
  expect([cleaned.exit, cleaned.text.slice(-500)]).toEqual([0, expect.any(String)]);
  expect(scratch.git('worktree', 'list').split('\n')).toHaveLength(1);
});

/** Programs that still work below the scratch folder. */
function left(): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(scratch.root));
}
