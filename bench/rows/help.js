import { inTurn, median, ratio, timeOfStart } from '../measure.js';
import { COPSE } from '../scene.js';
import { time } from '../table.js';

const TARGET = 1.15;

/** `copse --help` beside a node that does nothing. */
export async function help() {
  const times = await inTurn(
    { rounds: 41, seconds: 20 },
    {
      copse: () => timeOfStart(process.execPath, [COPSE, '--help']),
      node: () => timeOfStart(process.execPath, ['-e', '0']),
    },
  );
  const measured = ratio(times.copse, times.node);
  return [
    {
      what: '`copse --help`',
      figure: time(median(times.copse)),
      control: `\`node -e 0\`, ${time(median(times.node))}`,
      ratio: measured.toFixed(2),
      target: `≤ ${TARGET}`,
      met: measured <= TARGET,
    },
  ];
}
