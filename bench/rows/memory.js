import { readFileSync } from 'node:fs';
import { runProgram } from '../measure.js';
import { addPlan, COPSE, makeScene } from '../scene.js';
import { QUICK_AGENT } from './tasks.js';

const TASKS = 200;
const TARGET_MB = 200;

/** The most memory copse itself holds while it runs many tasks: every start of a process costs time in proportion to it. */
export async function memory() {
  const scene = makeScene({ files: 100 });
  const tasks = Array.from({ length: TASKS }, (_, n) => ({ id: `task-${String(n + 1).padStart(3, '0')}`, wave: 1 }));
  addPlan(scene, { name: 'TS-0001-many', tasks, agent: QUICK_AGENT });
  const argv = [COPSE, 'run', 'TS-0001-many', '--max-concurrent', '8'];
  const peak = await peakOf((onSpawn) =>
    runProgram(process.execPath, argv, { cwd: scene.repo, env: scene.env, onSpawn }),
  );
  const bare = await peakOf((onSpawn) =>
    runProgram(process.execPath, ['-e', 'setTimeout(() => {}, 300)'], { onSpawn }),
  );
  return [
    {
      what: `resident memory, a run of ${TASKS} tasks`,
      figure: `${Math.round(peak)} MB`,
      control: `a bare node, ${Math.round(bare)} MB`,
      target: `< ${TARGET_MB} MB`,
      met: peak < TARGET_MB,
    },
  ];
}

/** VmHWM of a process, which the kernel keeps, read until it has ended; megabytes. */
async function peakOf(run) {
  let peak = 0;
  let timer;
  const look = (pid) => {
    try {
      peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? peak * 1024) / 1024;
    } catch {
      // It has ended.
    }
  };
  await run((pid) => {
    timer = setInterval(look, 50, pid);
  });
  clearInterval(timer);
  return peak;
}
