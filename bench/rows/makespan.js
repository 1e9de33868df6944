import { inTurn, median, runProgram, timed } from '../measure.js';
import { addPlan, COPSE, makeScene } from '../scene.js';
import { time } from '../table.js';

/** Seconds each agent sleeps, and what it waits for: 3 → 6 → 8 is the longest way, 12 s. */
const PLAN = {
  1: { sleeps: 8 },
  2: { sleeps: 2 },
  3: { sleeps: 2 },
  4: { sleeps: 2 },
  5: { sleeps: 8, after: 2 },
  6: { sleeps: 2, after: 3 },
  7: { sleeps: 2, after: 4 },
  8: { sleeps: 8, after: 6 },
  9: { sleeps: 2, after: 7 },
};
const CRITICAL_MS = 12_000;
const TARGET = 1.1;

/** Sleeping agents: how near a run comes to the longest chain of its tasks. */
export async function makespan() {
  const { copse } = await inTurn({ rounds: 3, seconds: 30 }, { copse: async () => timed(await run()) });
  const ratio = median(copse) / CRITICAL_MS;
  return [
    {
      what: '9 tasks with sleeping agents, 4 at once',
      figure: time(median(copse)),
      control: `the critical path, ${time(CRITICAL_MS)}`,
      ratio: ratio.toFixed(2),
      target: `≤ ${TARGET}`,
      met: ratio <= TARGET,
    },
  ];
}

async function run() {
  const scene = makeScene({ files: 300 });
  const id = (n) => `task-00${n}`;
  const tasks = Object.entries(PLAN).map(([n, { after }]) => ({
    id: id(n),
    wave: waveOf(n),
    deps: after === undefined ? [] : [id(after)],
  }));
  addPlan(scene, { name: 'TS-0001-sleep', tasks, agent: agent(id) });
  const argv = [COPSE, 'run', 'TS-0001-sleep', '--max-concurrent', '4'];
  return () => runProgram(process.execPath, argv, { cwd: scene.repo, env: scene.env });
}

function waveOf(n) {
  const { after } = PLAN[n];
  return after === undefined ? 1 : waveOf(after) + 1;
}

function agent(id) {
  const cases = Object.entries(PLAN).map(([n, { sleeps }]) => `  ${id(n)}) sleep ${sleeps} ;;`);
  return `#!/bin/sh
set -e
case "$COPSE_TASK" in
${cases.join('\n')}
esac
mkdir -p out
echo "$COPSE_TASK" >"out/$COPSE_TASK.txt"
git add out
git commit -q -m "feat: $COPSE_TASK"
: >.claude-task-complete
`;
}
