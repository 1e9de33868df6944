import type { OpenRun } from '../engine/open.ts';
import type { Ports } from '../engine/ports.ts';
import { identityEnv } from '../git/identity.ts';
import { createPool } from '../git/pool.ts';
import { oneLine } from '../run/describe.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { admissionOf } from './admission.ts';
import { accountOf, agentFor, agentsOf } from './agents.ts';
import type { Surroundings } from './context.ts';
import { escapesOf } from './escapes.ts';
import { executorOf } from './executor.ts';
import { lander } from './land.ts';
import { maskFor } from './mask.ts';
import { mergedTree } from './merged-tree.ts';
import { chosenWorkspaces } from './parts.ts';
import type { Project } from './project.ts';
import { specifier } from './specify.ts';
import { trusting } from './trust.ts';
import { verifier } from './verify.ts';
import type { Wiring } from './wiring.ts';
import { workspacesOf, workspacesRoot } from './workspaces.ts';

/** Wires the real parts of a run. */
export async function portsOf(
  context: Surroundings,
  unguarded: Project,
  open: OpenRun,
): Promise<Ports & Pick<Workspaces, 'settle'>> {
  identityEnv(unguarded.repository.git).catch(() => {}); // asked for at once, and waited for where it is needed
  const project = await trusting(unguarded, open.id);
  const { plan } = open;
  const agents = agentsOf(context, project);
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const wiring: Wiring = { context, project, open, tasks, agents, mask: maskFor(context) };
  // Validations, installers and checks of what is to land share one worktree.
  const alone = createPool(1);
  const workspaces = chosenWorkspaces(context.parts ?? {}, workspacesOf(context, project, open));
  const escapes = escapesOf({ context, project, open, agents, root: workspacesRoot(project, plan.name) });
  const executor = escapes.executor(await executorOf(wiring, escapes.workspaces(workspaces)));

  return {
    executor,
    settle: () => workspaces.settle(),
    ...admissionOf(wiring, executor),
    accountOf: (id) => accountOf(agents, agentFor(wiring, tasks.get(id)!, open.state).agent),
    ...specifier(wiring),
    verify: verifier(wiring, escapes),
    ...withdrawing(workspaces),
    land: lander(wiring, alone),
    ...mergedTree(wiring, alone),
  };
}

/** Only where attempts share a place; a place that cannot be cleared is told, and fails nothing. */
function withdrawing({ withdraw }: Workspaces): Pick<Ports, 'withdraw'> {
  if (!withdraw) return {};
  return {
    async withdraw({ workspace: path, branch, base }) {
      try {
        const withdrawn = await withdraw({ path, branch, base });
        return withdrawn.is === 'nothing' ? null : { left: withdrawn.is === 'left', note: withdrawn.note };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { left: true, note: oneLine(`what it made may still be in the checkout: ${why}`, 300) };
      }
    },
  };
}
