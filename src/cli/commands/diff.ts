import { openProject } from '../../compose/project.ts';
import { findRun } from '../../compose/runs.ts';
import { trusting } from '../../compose/trust.ts';
import { changedPaths, patch } from '../../git/diff.ts';
import { readRef } from '../../git/refs.ts';
import type { Oid } from '../../run/event.ts';
import { lastAttempt, type RunState } from '../../run/state.ts';
import { resolveTask } from '../../schedule/select.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';

export const diff: CommandModule = {
  define(command) {
    command
      .argument('[task]', 'a task; default: everything the run has integrated')
      .option('--names', 'the changed paths only')
      .option('--run <run>', 'a plan or a run id; default: the latest run');
  },

  async run(context, [task], options: { names?: boolean; run?: string; json?: boolean }) {
    const project = await openProject(context);
    const { state } = findRun(project.repository.commonDir, { name: options.run });
    const { git } = (await trusting(project, state.id)).repository;
    const id = task === undefined ? undefined : resolveTask([...state.tasks.keys()], task, 'diff');
    const ends =
      id === undefined ? { base: state.base, head: state.tip } : await endsOf(state, id, (ref) => readRef(git, ref));
    const changes = options.names || options.json ? await changedPaths(git, ends.base, ends.head) : [];
    if (options.json) {
      context.stdout.write(
        `${JSON.stringify({ v: 1, command: 'diff', ok: true, run: state.id, task: id ?? null, ...ends, changes })}\n`,
      );
    } else if (options.names) {
      for (const { kind, path } of changes) context.stdout.write(`${kind[0]!.toUpperCase()} ${path}\n`);
    } else context.stdout.write((await patch(git, ends.base, ends.head)).toString('utf8'));
    return EXIT.ok;
  },
};

/** What an attempt was measured by; of a living one, what its branch holds now. */
async function endsOf(state: RunState, id: string, read: (ref: string) => Promise<Oid | null>) {
  const task = state.tasks.get(id)!;
  const attempt = lastAttempt(task);
  const head =
    task.status.is === 'integrated'
      ? task.status.head
      : (attempt?.result?.head ?? (attempt && (await read(`refs/heads/${attempt.branch}`))));
  if (attempt && head) return { base: attempt.base, head };
  throw new Refusal('not-started', `${id} has no commits yet`, { exit: EXIT.usage, hint: 'copse status' });
}
