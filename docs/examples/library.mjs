import { integrate, loadPlan, run } from 'copse';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort('SIGINT'));

const plan = await loadPlan('parallel/hello');
for (const { level, file, line, message } of plan.diagnostics) console.error(`${level}: ${file}:${line}: ${message}`);

const running = run(plan, { maxConcurrent: 4, maxCost: 20, signal: stop.signal });
for await (const event of running) {
  if (event.type === 'attempt.started') console.log(`${event.task}: attempt ${event.attempt}`);
  if (event.type === 'task.integrated') console.log(`${event.task}: integrated, commits: ${event.commits}`);
}
const { outcome, exitCode, summary } = await running;
process.exitCode = outcome === 'integrated' ? (await integrate(summary.run)).exitCode : exitCode;
