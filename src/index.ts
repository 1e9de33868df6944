/**
 * The library behind the `copse` command. Stable so far: plans (text → `Plan` with diagnostics), the events of a run and
 * their fold, and the CLI as a function.
 */

export type { CliContext, Output } from './cli/context.ts';
export { main } from './cli/main.ts';
export { parsePlan } from './plan/parse.ts';
export type { Diagnostic, Plan, PlanOptions, PlanResult, PlanSource, Task, Wave } from './plan/plan.ts';
export { generatePrompt } from './plan/prompt.ts';
export { loadPlanFolder } from './project/plan-folder.ts';
export type { Report } from './report/report.ts';
export type { RunEvent } from './run/event.ts';
export type { Failure } from './run/failure.ts';
export { reduce } from './run/reduce.ts';
export type { RunState } from './run/state.ts';
export { type RunSummary, summarize } from './run/summarize.ts';
export { Refusal } from './util/refusal.ts';
