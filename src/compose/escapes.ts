import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentAdapter } from '../agent/adapter.ts';
import type { OpenRun } from '../engine/open.ts';
import type { Ports } from '../engine/ports.ts';
import type { Own } from '../escape/compare.ts';
import type { Watched } from '../escape/trail.ts';
import { createEscapeWatch } from '../escape/watch.ts';
import type { AttemptSpec, Executor } from '../executor/executor.ts';
import { attemptPaths } from '../journal/store.ts';
import { oneLine } from '../run/describe.ts';
import { describeChanges, describePlace } from '../run/describe-escape.ts';
import { type Escape, isNamedIn } from '../run/escape.ts';
import type { Evidence, TaskId } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { AttemptState } from '../run/state.ts';
import { assertNever } from '../util/assert-never.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import type { Surroundings } from './context.ts';
import type { Project } from './project.ts';
import { directoriesByTask } from './workspaces.ts';

type Verdict = Awaited<ReturnType<Ports['verify']>>;

/** What keeps an eye on agents that leave their workspaces; wraps the parts of a run that tell when one begins and ends. */
export interface Escapes {
  executor(inner: Executor): Executor;
  workspaces(inner: Workspaces): Workspaces;
  /** The verdict on an attempt with what was found outside of its workspace. */
  verdict(task: TaskId, attempt: AttemptState, judged: Verdict): Promise<Verdict>;
}

export interface EscapesInput {
  context: Pick<Surroundings, 'env'>;
  project: Project;
  open: OpenRun;
  agents: ReadonlyMap<string, AgentAdapter>;
  /** Folder of the workspaces. */
  root: string;
}

const MAX_TRANSCRIPT = 256_000_000;

export function escapesOf(input: EscapesInput): Escapes {
  const { open } = input;
  const policy = open.state.settings.escape ?? 'warn';
  if (policy === 'off')
    return { executor: (inner) => inner, workspaces: (inner) => inner, verdict: async (_, __, judged) => judged };
  const watch = watchOf(input);
  return {
    executor: (inner) => ({
      ...inner,
      async submit(spec) {
        await watch.started(watched(spec));
        return inner.submit(spec);
      },
      async reattach(run, inFlight) {
        for (const spec of inFlight) await watch.started(watched(spec), { adopted: true });
        return inner.reattach(run, inFlight);
      },
    }),
    workspaces: (inner) => ({
      ...inner,
      harvest(spec, message) {
        watch.ended(spec.branch); // at the same time: both look at work trees for as long
        return inner.harvest(spec, message);
      },
    }),
    async verdict(task, { number, result }, judged) {
      let escapes: Escape[];
      try {
        escapes = await watch.found(task, number, result?.head ?? null);
      } catch (error) {
        return { ...judged, evidence: [...judged.evidence, notLooked(error)] };
      }
      const mine = [...open.state.escapes, ...escapes].filter((each) => isNamedIn(each, task, number));
      return withEscapes(judged, { escapes, mine, fails: policy === 'fail' });
    },
  };
}

function watched({ task, attempt, workspace, branch, base }: AttemptSpec): Watched {
  return { task, attempt, workspace, branch, base, startedAt: Date.now() };
}

function withEscapes(
  { evidence, failure }: Verdict,
  { escapes, mine, fails }: { escapes: Escape[]; mine: Escape[]; fails: boolean },
): Verdict {
  if (mine.length === 0) return { evidence, failure, escapes };
  const found = mine.map(({ where, changes }) => ({ where, changes }));
  const summary = found.map((each) => `${describeChanges(each)} ${describePlace(each.where)}`).join('; ');
  const seen = { gate: 'escape' as const, verdict: fails ? ('fail' as const) : ('warn' as const), summary };
  const escaped: Failure = { code: 'escaped', escapes: found };
  return { evidence: [...evidence, seen], failure: failure ?? (fails ? escaped : null), escapes };
}

/** A checkout that cannot be looked at is no fault of the attempt. */
function notLooked(error: unknown): Evidence {
  const why = error instanceof Error ? error.message : String(error);
  return { gate: 'escape', verdict: 'warn', summary: oneLine(`not looked outside of the workspace: ${why}`, 300) };
}

function watchOf({ context, project, open, agents, root }: EscapesInput) {
  const { repository, config } = project;
  const { state, plan, id, paths } = open;
  const adapter = agents.get(state.settings.agent);
  return createEscapeWatch({
    repository,
    run: id,
    folder: join(paths.dir, 'escapes'),
    workspaces: root,
    branches: new Map(plan.tasks.map((task) => [`${config.branchPrefix}${task.id}`, task.id])),
    checkout: checkoutUse(project, open),
    // Nobody edits files where a pipeline checks them out.
    unattended: Boolean(context.env.CI),
    async deedsOf({ task, attempt }, about) {
      const files = attemptPaths(repository.commonDir, id, task, attempt);
      const [transcript, stderr] = await Promise.all([linesOf(files.transcript, about), linesOf(files.stderr, about)]);
      return [...transcript.flatMap((line) => adapter?.deeds?.(line) ?? [line]), ...stderr];
    },
  });
}

/** What the attempts of a run do in the user's checkout. */
function checkoutUse(project: Project, { state, plan }: OpenRun): Own['checkout'] {
  switch (state.settings.pattern) {
    case 'worktree':
      return 'mine';
    case 'branch':
      return 'lent';
    case 'directory':
      return { directories: [...directoriesByTask(project, plan).values()].flat() };
    default:
      return assertNever(state.settings.pattern);
  }
}

/** A transcript may be long, and mostly there is nothing in it to be read. */
async function linesOf(file: string, about: RegExp | undefined): Promise<string[]> {
  const bytes = await readFile(file).catch(() => null);
  const text = bytes?.subarray(0, MAX_TRANSCRIPT).toString('utf8') ?? '';
  if (about !== undefined && !about.test(text)) return [];
  return text.split('\n').filter((line) => line !== '' && (about === undefined || about.test(line)));
}
