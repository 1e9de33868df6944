// The agent of `copse demo`: no model, but everything else that an agent does. It reads its prompt on stdin, writes code and
// tests in its workspace, runs them, commits, touches the marker and ends with its claim.
//
//   node agent.mjs <task> <role>        in the workspace, the prompt on stdin
//
// The code was written beforehand (../solutions/<task>); each task's script decides what is done with it, and in what order.
import { readFileSync, writeFileSync } from 'node:fs';
import { createHands } from './hands.mjs';
import { play as playUsers } from './task-001-users.mjs';
import { play as playProducts } from './task-002-products.mjs';
import { play as playOrders } from './task-003-orders.mjs';
import { play as playApi } from './task-004-api.mjs';

const SCRIPTS = {
  'task-001-users': playUsers,
  'task-002-products': playProducts,
  'task-003-orders': playOrders,
  'task-004-api': playApi,
};

const [task = '', role] = process.argv.slice(2);
const play = SCRIPTS[task];
if (!play) throw new Error(`no script for the task '${task}'; known are ${Object.keys(SCRIPTS).join(', ')}`);
const prompt = readFileSync(0, 'utf8');
if (!prompt.includes(task)) throw new Error(`the prompt on stdin says nothing of ${task}`);

const hands = createHands(task);
await hands.say(`${role ?? 'agent'}: read the prompt, ${prompt.split('\n').length} lines`);
const summary = await play(hands, prompt);
const { created, modified, tests } = hands.done();
const passed = tests.failed === 0 && tests.run > 0;
if (passed) writeFileSync('.claude-task-complete', '');

// Left to the last line, as real agents do; copse shows it beside what it measured itself.
const claim = {
  task_completed: passed,
  validation_passed: passed,
  files_created: created,
  files_modified: modified,
  tests_run: tests.run,
  tests_passed: tests.run - tests.failed,
  tests_failed: tests.failed,
  summary: passed ? summary : 'the tests do not pass',
  error_message: passed ? null : tests.output,
};
process.stdout.write(`\`\`\`json\n${JSON.stringify(claim, null, 2)}\n\`\`\`\n`);
process.exitCode = passed ? 0 : 1;
