/**
 * copse as a library: what the command does, without a word on the terminal. `loadPlan`, `run`, `resume`, `integrate` and
 * `status` act; the rest is what they take and give.
 */

export type {
  AgentAdapter,
  AgentCheck,
  AgentContext,
  AgentEvent,
  AgentVerdict,
  CommandLine,
  TranscriptReader,
} from './agent/adapter.ts';
export { type IntegrateResult, integrate } from './api/integrate.ts';
export { type LoadedPlan, loadPlan } from './api/load-plan.ts';
export type { IntegrateOptions, LoadPlanOptions, PlaceOptions, ResumeOptions, RunOptions } from './api/options.ts';
export { resume, run } from './api/run.ts';
export type { Run, RunResult } from './api/running.ts';
export { type RunStatus, status } from './api/status.ts';
export type { ReportFiles, RunLanding } from './compose/integrate.ts';
export type { Parts } from './compose/parts.ts';
export type { Reading } from './compose/read-plan.ts';
export type { Choices } from './compose/settings.ts';
export type { AttemptFacts, CustomFacts, CustomGate, GateVerdict } from './gate/gate.ts';
export type { TargetLanding } from './integrate/target.ts';
export { parsePlan } from './plan/parse.ts';
export type { Diagnostic, Plan, PlanOptions, PlanResult, PlanSource, Task, Wave } from './plan/plan.ts';
export { generatePrompt } from './plan/prompt.ts';
export type { Report } from './report/report.ts';
export { describeFailure } from './run/describe.ts';
export type {
  Activity,
  Claim,
  Cost,
  Evidence,
  Oid,
  RunEvent,
  RunId,
  RunOutcome,
  RunSettings,
  SandboxMode,
  TaskId,
  Tokens,
} from './run/event.ts';
export type { Failure, Limit, Outcome } from './run/failure.ts';
export type { Pattern, PatternChoice } from './run/pattern.ts';
export { reduce } from './run/reduce.ts';
export { type AttemptState, fold, type RunState, type TaskState, type TaskStatus } from './run/state.ts';
export { type RunSummary, summarize, type TaskSummary } from './run/summarize.ts';
export { EXIT, type ExitCode, Refusal } from './util/refusal.ts';
export type { Harvest, Prepared, WorkspaceSpec, Workspaces } from './workspace/workspace.ts';
