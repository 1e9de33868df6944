import { inTurn, median, ratio, timeOfStart } from '../measure.js';
import { addPlan, COPSE, makeScene } from '../scene.js';
import { time } from '../table.js';

const TASKS = 1000;
const IN_WAVE = 50;
const TARGET = 10;

/** Reading, checking and playing a plan of a thousand tasks. */
export async function bigPlan() {
  const scene = makeScene({ files: 100 });
  addPlan(scene, { name: 'TS-0001-big', tasks: Array.from({ length: TASKS }, (_, n) => task(n)) });
  // What the machine sets for every node, authorities it is to trust for instance, both sides get.
  const options = { cwd: scene.repo, env: { ...process.env, ...scene.env } };
  const call = (...argv) => timeOfStart(process.execPath, [COPSE, ...argv], options);
  const times = await inTurn(
    { rounds: 7, seconds: 30 },
    {
      node: () => timeOfStart(process.execPath, ['-e', '0'], options),
      validate: () => call('validate', 'TS-0001-big'),
      'run --dry-run': () => call('run', 'TS-0001-big', '--dry-run'),
    },
  );
  return ['validate', 'run --dry-run'].map((command) => {
    const measured = ratio(times[command], times.node);
    return {
      what: `\`copse ${command}\`, a plan of 1,000 tasks`,
      figure: time(median(times[command])),
      control: `\`node -e 0\`, ${time(median(times.node))}`,
      ratio: measured.toFixed(1),
      target: `< ${TARGET}`,
      met: measured < TARGET,
    };
  });
}

/** 20 waves; each task waits for two of the wave before, owns files, shares none, and has a folder it must not touch. */
function task(n) {
  const id = (number) => `task-${String(number + 1).padStart(4, '0')}`;
  const wave = Math.floor(n / IN_WAVE) + 1;
  const before = (wave - 2) * IN_WAVE;
  const deps = wave === 1 ? [] : [id(before + (n % IN_WAVE)), id(before + ((n * 7 + 3) % IN_WAVE))];
  return {
    id: id(n),
    wave,
    deps: [...new Set(deps)],
    create: [`lib/unit${n}/model.ts`, `lib/unit${n}/**/*.test.ts`],
    modify: [`docs/unit${n}.md`],
    boundary: ['src/**', `lib/unit${(n + 1) % TASKS}/model.ts`],
  };
}
