import type { AttemptSpec, Executor } from '../executor/executor.ts';
import type { LandingEvent } from '../run/batch.ts';
import type { BrokenContract } from '../run/broken.ts';
import type { ContractCheck } from '../run/contract.ts';
import type { Escape } from '../run/escape.ts';
import type { Evidence, Oid, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { Settled } from '../run/settled.ts';
import type { AttemptState, RunState } from '../run/state.ts';
import type { Admission } from '../schedule/admission.ts';

/** What became of a branch that was to land. A conflict is data, not an error. `settled`: it had one, and landed all the same. */
export type Landing = { task: TaskId } & (
  | { landed: true; commit: Oid; commits: number; settled?: Settled }
  | { landed: false; failure: Failure }
);

/** `broken`: those whose errors count. */
export interface CheckedContracts {
  checks: ContractCheck[];
  broken: BrokenContract[];
}

/** The effects of the engine's actions; wired to git, gates and executors by the composer. */
export interface Ports {
  executor: Executor;
  /** Everything an attempt needs: prompt, branch, workspace. Reads nothing that changes. */
  specify(task: TaskId, attempt: number, state: RunState): AttemptSpec;
  /**
   * The same with what has to be read from the repository first, for an attempt that is about to start.
   * @param before the attempt before, when that failed
   */
  brief?(spec: AttemptSpec, before: AttemptState): Promise<AttemptSpec>;
  /** Folders on the disks that a run needs room on. */
  places?: readonly string[];
  /** What the machine has room for at present; default everything. */
  admission?(state: RunState): Admission;
  /** Whose allowance the next attempt at a task uses; absent: one account for all. */
  accountOf?(task: TaskId): string;
  /**
   * Judges an ended attempt on what was measured. `escapes`: what was found outside of workspaces meanwhile; `granted`: what
   * it may write from now on, as it asked.
   */
  verify(
    task: TaskId,
    attempt: AttemptState,
  ): Promise<{ evidence: Evidence[]; failure: Failure | null; escapes?: Escape[]; granted?: string[] }>;
  /**
   * Takes what an attempt that failed left out of a place that others share. `left`: it is still there. `note`: what a person
   * should know of it.
   */
  withdraw?(attempt: AttemptState): Promise<{ left: boolean; note: string } | null>;
  /**
   * Merges these heads into the integration branch, in memory, by compare-and-swap; one answer each, in the order of
   * landing. Finds earlier landings of the same attempts. With a gate, what they make is checked first, which `tell` is told
   * of; stopped: the run is, and nothing has landed.
   */
  land(
    request: { tip: Oid; tasks: { task: TaskId; attempt: number; head: Oid }[] },
    tell: (event: LandingEvent) => void,
  ): Promise<Landing[] | 'stopped'>;
  /** The command of a wave's validation, for the journal. */
  validationCommand(wave: number): string;
  /** Runs a wave's validation on the merged tree. */
  validate(wave: number, commit: Oid): Promise<{ ok: true; ms: number } | { ok: false; failure: Failure }>;
  /** Compares the contracts of the plan with the merged tree. */
  checkContracts?(commit: Oid): Promise<CheckedContracts>;
  /** Installs and commits the plan's dependencies on the integration branch. */
  installDependencies(tip: Oid): Promise<{ ok: true; commit: Oid } | { ok: false; failure: Failure }>;
}
