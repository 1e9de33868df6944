/**
 * copse as a library: what the command does, without a word on the terminal. `loadPlan`, `run`, `resume`, `integrate` and
 * `status` act; the rest is what they take and give.
 */

// Acting

export { integrate } from './api/integrate.ts';
export { loadPlan } from './api/load-plan.ts';
export { resume, run } from './api/run.ts';
export { runs, status } from './api/status.ts';

// Options

export type { IntegrateOptions, LoadPlanOptions, PlaceOptions, ResumeOptions, RunOptions } from './api/options.ts';
export type { Choices, Reading } from './compose/choices.ts';
export type { Pattern, PatternChoice } from './run/pattern.ts';

// Results

export type { IntegrateResult } from './api/integrate.ts';
export type { LoadedPlan } from './api/load-plan.ts';
export type { Run, RunResult } from './api/result.ts';
export type { RunStatus } from './api/status.ts';
export type { ReportFiles, RunLanding } from './compose/landing.ts';
export type { TargetLanding } from './integrate/target.ts';
export type { ReportItem } from './report/details.ts';
export type { CheckName, Report, ReportAttempt, ReportTask } from './report/report.ts';
export type { Check } from './report/stack.ts';
export type { CheckFailure, CheckKind, StackCheck } from './run/check.ts';
export type { RunSummary, TaskLabel, TaskSummary } from './run/summarize.ts';
export { EXIT, type ExitCode, Refusal, type RefusalOptions } from './util/refusal.ts';

// Parts of your own

export type {
  AgentAdapter,
  AgentCheck,
  AgentContext,
  AgentEvent,
  AgentVerdict,
  CommandLine,
  TranscriptReader,
} from './agent/adapter.ts';
export type { Parts } from './compose/parts.ts';
export type { AttemptFacts, CustomFacts, CustomGate, GateVerdict } from './gate/gate.ts';
export type { Harvest, Prepared, WorkspaceSpec, Workspaces } from './workspace/workspace.ts';

// What a run says

export type { Advice, AgentAdvice, AgentRoom, PatternVerdict, Reason } from './run/advice.ts';
export type { ContentFinding, ContentProblem, UnfitProblem } from './run/content.ts';
export { describeFailure } from './run/describe.ts';
export type { Escape, EscapeChange, EscapePlace, Suspect } from './run/escape.ts';
export type {
  Activity,
  AttemptResult,
  BudgetReached,
  Claim,
  Cost,
  Ending,
  Evidence,
  Oid,
  RunEvent,
  RunEventBody,
  RunId,
  RunOutcome,
  RunSettings,
  SandboxMode,
  Stamp,
  TaskId,
  Tokens,
} from './run/event.ts';
export type { Failure, Limit, Outcome } from './run/failure.ts';
export type { Hold } from './run/hold.ts';
export type { Selection, TaskSeed } from './run/selection.ts';
export type { Settled } from './run/settled.ts';
export type { SharedDirectory } from './scope/directories.ts';
export type { Change, Scope, ScopeEntry, ScopePolicy, Violation } from './scope/scope.ts';

// The state of a run

export { reduce } from './run/reduce.ts';
export {
  type AccountGate,
  type AttemptState,
  fold,
  type RunState,
  type Standing,
  type TaskState,
  type TaskStatus,
  type WaveState,
  type WaveStatus,
} from './run/state.ts';
export { summarize } from './run/summarize.ts';

// What is measured of an attempt

export type { Contents } from './git/contents.ts';
export type { Inspection } from './git/inspect.ts';
export type { Origin } from './git/origin.ts';

// Plans

export { parsePlan } from './plan/parse.ts';
export type {
  ContractFile,
  DependencyStep,
  Diagnostic,
  Level,
  Plan,
  PlanOptions,
  PlanResult,
  PlanSource,
  Task,
  Validation,
  Wave,
} from './plan/plan.ts';
export { generatePrompt } from './plan/prompt.ts';
