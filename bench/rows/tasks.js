import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurn, median, ratio, runProgram, timed } from '../measure.js';
import { addPlan, COPSE, makeScene } from '../scene.js';
import { time } from '../table.js';

const TASKS = 30;
const AT_ONCE = 8;
const TARGET = 1.5;
const STRAIGHT = fileURLToPath(new URL('../straight.sh', import.meta.url));
/** Writes one file and commits it. */
export const QUICK_AGENT = readFileSync(new URL('../quick-agent.sh', import.meta.url), 'utf8');

/** Tasks that take no time: what copse itself costs, beside a script that does the same with plain git. */
export async function tasks() {
  const limits = { rounds: 5, seconds: 60 };
  const times = await inTurn(limits, {
    copse: async () => timed(await copse()),
    straight: async () => timed(await straight()),
  });
  const measured = ratio(times.copse, times.straight);
  return [
    {
      what: `${TASKS} tasks of no work, ${AT_ONCE} at once, 300 files`,
      figure: time(median(times.copse)),
      control: `a shell script, ${time(median(times.straight))}`,
      ratio: measured.toFixed(2),
      target: `≤ ${TARGET}`,
      met: measured <= TARGET,
    },
  ];
}

/** The run, ready to be timed: the repository is there before. */
async function copse() {
  const { repo, env } = scene();
  const argv = [COPSE, 'run', 'TS-0001-quick', '--max-concurrent', String(AT_ONCE)];
  return () => runProgram(process.execPath, argv, { cwd: repo, env });
}

async function straight() {
  const { repo, root, env } = scene();
  const argv = [STRAIGHT, repo, join(root, 'worktrees'), String(TASKS), String(AT_ONCE)];
  return () => runProgram('sh', argv, { cwd: repo, env });
}

function scene() {
  const made = makeScene({ files: 300 });
  const tasks = Array.from({ length: TASKS }, (_, n) => ({ id: `task-${String(n + 1).padStart(3, '0')}`, wave: 1 }));
  addPlan(made, { name: 'TS-0001-quick', tasks, agent: QUICK_AGENT });
  return made;
}
