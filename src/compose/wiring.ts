import type { AgentAdapter } from '../agent/adapter.ts';
import type { OpenRun } from '../engine/open.ts';
import type { Task } from '../plan/plan.ts';
import type { TaskId } from '../run/event.ts';
import type { Mask } from '../util/mask.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';

/** What every part of a run is made from. */
export interface Wiring {
  context: Surroundings;
  project: Project;
  open: OpenRun;
  /** The tasks of its plan, by id. */
  tasks: ReadonlyMap<TaskId, Task>;
  agents: ReadonlyMap<string, AgentAdapter>;
  mask: Mask;
}
