// `npm run bench`: what copse costs beside a control measured in the same minutes. `--write` puts the table into
// docs/benchmarks.md, names of rows run only these (`npm run bench -- landing help`).
import { bigPlan } from './rows/big-plan.js';
import { context } from './rows/context.js';
import { help } from './rows/help.js';
import { landing } from './rows/landing.js';
import { makespan } from './rows/makespan.js';
import { memory } from './rows/memory.js';
import { predict } from './rows/predict.js';
import { replay } from './rows/replay.js';
import { starts } from './rows/starts.js';
import { tasks } from './rows/tasks.js';
import { verify } from './rows/verify.js';
import { removeScenes } from './scene.js';
import { machine, printRow, writeTable } from './table.js';

const ROWS = { tasks, starts, makespan, landing, predict, verify, bigPlan, replay, memory, help, context };

await main(process.argv.slice(2));

async function main(argv) {
  const wanted = argv.filter((word) => !word.startsWith('-'));
  const unknown = wanted.filter((name) => !(name in ROWS));
  if (unknown.length > 0) {
    process.stderr.write(`no such row: ${unknown.join(', ')} (rows: ${Object.keys(ROWS).join(', ')})\n`);
    process.exitCode = 2;
    return;
  }
  const names = wanted.length > 0 ? wanted : Object.keys(ROWS);
  process.stdout.write(`${machine()}\n\n`);
  const rows = [];
  try {
    for (const name of names) {
      for (const row of await ROWS[name]()) {
        rows.push(row);
        printRow(row);
      }
    }
  } finally {
    removeScenes();
  }
  if (argv.includes('--write')) writeTable(rows);
}
