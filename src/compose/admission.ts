import { admission } from '../engine/admission.ts';
import type { Ports } from '../engine/ports.ts';
import type { Executor } from '../executor/executor.ts';
import { probe } from '../machine/probe.ts';
import { systemClock } from '../util/clock.ts';
import { memoryOf } from './agents.ts';
import { EMPTY_TREE, workspaceSize, workspaceSizeOf } from './disk.ts';
import type { Wiring } from './wiring.ts';
import { workspacesRoot } from './workspaces.ts';

/** Processes that want to run, per core. 32 agents on two cores were slow and all came through. */
const MAX_LOAD = 16;

/** How many agents the machine has room for, and the folders whose disks a run needs room on. */
export function admissionOf(wiring: Wiring, executor: Executor): Required<Pick<Ports, 'places' | 'admission'>> {
  const { project, open } = wiring;
  const { git, commonDir } = project.repository;
  const { limits } = project.config;
  const { settings, base } = open.state;
  const root = workspacesRoot(project, open.plan.name);
  const places = [root, commonDir];
  return {
    places,
    admission: admission({
      probe: () => probe(places),
      clock: systemClock,
      floors: {
        memory: limits.minFreeMemory ?? null,
        disk: limits.minFreeDisk ?? null,
        load: limits.maxLoad ?? MAX_LOAD,
      },
      agentMemory: memoryOf(open.plan, settings, wiring.agents),
      taskMemory: settings.taskMemory ?? null,
      workspaceSize:
        settings.pattern === 'worktree' ? workspaceSizeOf(git, root, base) : () => workspaceSize(EMPTY_TREE),
      used: (task, attempt) => executor.memory?.(task, attempt) ?? null,
    }),
  };
}
