import type { AgentAdapter } from '../agent/adapter.ts';
import type { CustomGate } from '../gate/gate.ts';
import type { Workspaces } from '../workspace/workspace.ts';

/** Parts of a run that the caller brings. They live in the caller: whoever resumes the run brings them again. */
export interface Parts {
  /** Agents by the name that `agent` and the tasks of a plan call them; one of a known name takes its place. */
  agents?: Readonly<Record<string, AgentAdapter>>;
  /** Where attempts work, in place of ours; or a function that is given ours, to build on. */
  workspaces?: Workspaces | ((ours: Workspaces) => Workspaces);
  /** Further gates, asked in this order about attempts that passed all of ours. */
  gates?: readonly CustomGate[];
}

/** The workspaces of a run: the caller's, or ours. */
export function chosenWorkspaces({ workspaces }: Parts, ours: Workspaces): Workspaces {
  if (workspaces === undefined) return ours;
  const chosen = typeof workspaces === 'function' ? workspaces(ours) : workspaces;
  const methods = METHODS.flatMap((name) => (chosen[name] ? [[name, chosen[name].bind(chosen)] as const] : []));
  return Object.fromEntries(methods) as unknown as Workspaces;
}

/** By name: what wraps workspaces spreads them, and the methods of a class would be lost. */
const METHODS = Object.keys({
  prepare: 0,
  harvest: 0,
  withdraw: 0,
  remove: 0,
  settle: 0,
} satisfies Record<keyof Required<Workspaces>, 0>) as (keyof Workspaces)[];
