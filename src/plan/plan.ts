import type { PatternChoice } from '../run/pattern.ts';
import type { Scope } from '../scope/scope.ts';

export type TaskId = string;

export type Level = 'error' | 'warning' | 'note';

/** One finding about a plan. Never thrown: all are collected and shown together. */
export interface Diagnostic {
  /** kebab-case and stable: `cycle`, `unknown-id`, `unsafe-path`. */
  code: string;
  level: Level;
  message: string;
  /** Relative to the plan folder: `manifest.json`, `tasks/task-001.md`. */
  file: string;
  /** 1-based; 1:1 where the whole file is meant. */
  line: number;
  column: number;
  /** What to write instead, where it is known. */
  hint?: string;
}

/** The text of a plan folder, as read; keys are relative paths with `/`. Parsing it needs no disk. */
export interface PlanSource {
  /** Name of the plan folder: `TS-0042-inventory-system`. */
  name: string;
  /** manifest.json, context.md, tasks/*.md, prompts/*.txt and contracts/**, each as text. */
  files: ReadonlyMap<string, string>;
  /** Paths in the repository at the base, to resolve contract paths that are source files; absent outside git. */
  repositoryHas?: (path: string) => boolean;
  /** Files that are there but could not be read as text: too large, not UTF-8, outside the folder. */
  unreadable?: readonly Diagnostic[];
}

/** A verified plan: immutable during a run, frozen into the run as `plan.json`. */
export interface Plan {
  name: string;
  title: string;
  /** Which documented manifest it came from (`M0` to `M5+`), for `validate`. */
  variant: 'M0' | 'M1' | 'M1x' | 'M2' | 'M3' | 'M4' | 'M5' | 'M5+';
  techSpec?: string;
  prd?: string;
  technology?: string;
  /** Where its tasks are worked on, unless that was typed. */
  pattern?: PatternChoice;
  /** Sorted by wave, then by id. */
  tasks: Task[];
  /** Ascending by number; every task is in exactly one. */
  waves: Wave[];
  /** Installed on the integration branch before the first task. */
  dependencies: DependencyStep[];
  /** Text of context.md, `''` when absent. */
  context: string;
  /** Contract files of the plan folder. */
  contracts: ContractFile[];
}

export interface Task {
  id: TaskId;
  title: string;
  component?: string;
  wave: number;
  /** Resolved ids; a dependent starts after all of these are integrated. */
  deps: TaskId[];
  blocks: TaskId[];
  /** Tasks that never run together with this one; symmetric. */
  conflicts: TaskId[];
  /** As written: `python-experts:django-expert`. */
  agent?: string;
  model?: string;
  skills: string[];
  techSpec?: string;
  contracts: string[];
  scope: Scope;
  /** Where it works in the pattern `directory`, as the manifest says; absent: where its scope is. */
  directories?: TaskDirectories;
  /** Markdown of the sections, verbatim; `''` when absent. */
  objective: string;
  requirements: string;
  checklist: string;
  outputFormat: string;
  /** All other sections of the task file with their headings, verbatim: Inputs, Implementation Notes, Notes. */
  notes?: string;
  /** Relative to the plan folder: `tasks/task-001-users.md`; `manifest.json` when the task has no file. */
  file: string;
  /** The prompt file of the plan folder, when there is one. */
  prompt?: { file: string; text: string };
}

/** Relative to the top of the repository, none inside another; where manifest.json says so. */
export interface TaskDirectories {
  paths: string[];
  line: number;
  column: number;
}

export interface Wave {
  number: number;
  name?: string;
  tasks: TaskId[];
  validation?: Validation;
}

/** A wave's check on the merged tree. `python`: run by `python -c`; `shell`: by `bash -c`. */
export interface Validation {
  kind: 'shell' | 'python';
  command: string;
}

export interface DependencyStep {
  ecosystem: 'python' | 'node';
  /** Performed in this order. */
  action: 'remove' | 'upgrade' | 'add' | 'add_dev';
  packages: string[];
}

export interface ContractFile {
  /** Relative to the plan folder: `contracts/types.py`. */
  path: string;
  text: string;
}

/** `ok` when no diagnostic is an error; only then may the plan run. Else it is there for showing, if it could be made out. */
export type PlanResult =
  | { ok: true; plan: Plan; diagnostics: Diagnostic[] }
  | { ok: false; plan: Plan | null; diagnostics: Diagnostic[] };

export interface PlanOptions {
  /** `blocks` that no `deps` mirrors become edges. */
  honorBlocks?: boolean;
}
