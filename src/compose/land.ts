import type { Ports } from '../engine/ports.ts';
import { type Landed, landMany } from '../integrate/land.ts';
import type { Failure } from '../run/failure.ts';
import { lastAttempt } from '../run/state.ts';
import type { Wiring } from './wiring.ts';

/** Merges what was verified onto the integration branch. */
export function lander({ project, open, tasks, mask }: Wiring): Ports['land'] {
  const { state, plan } = open;
  return async ({ tip, tasks: ready }) => {
    const requests = ready.map(({ task, attempt, head }) => {
      const { title } = tasks.get(task)!;
      const { base } = lastAttempt(state.tasks.get(task)!)!;
      return { head, base, plan: plan.name, run: state.id, task, title: mask(title), attempt };
    });
    const landed = await landMany(project.repository.git, { ref: state.integrationRef, tip }, requests);
    return landed.map((each) => {
      const { task } = each;
      if (!each.landed) return { task, landed: false, failure: landingFailure(task, each) };
      const { commits } = lastAttempt(state.tasks.get(task)!)!.result!;
      return { task, landed: true, commit: each.commit, commits };
    });
  };
}

function landingFailure(task: string, landed: Extract<Landed, { landed: false }>): Failure {
  if (landed.why === 'conflict') {
    const { paths, messages, onto } = landed;
    return { code: 'merge-conflict', paths, messages, onto };
  }
  const message = `the integration branch was ${landed.why} (now ${landed.actual ?? 'gone'}) while ${task} was landing`;
  return { code: 'workspace', message };
}
