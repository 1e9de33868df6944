import type { AgentAdapter } from '../agent/adapter.ts';
import { isNoSpace, NoSpaceError } from '../machine/no-space.ts';
import type { Failure } from '../run/failure.ts';
import { type Queue, queue } from '../util/queue.ts';
import { attemptOf } from './attempt.ts';
import type { AttemptSpec, Executor, ExecutorEvent, Key, Reattached } from './executor.ts';
import type { AttemptFiles, AttemptSurroundings, LiveAttempt } from './live-attempt.ts';
import { failedResult } from './result.ts';

export interface LocalExecutorOptions extends AttemptSurroundings {
  agents: ReadonlyMap<string, AgentAdapter>;
  /** Where the files of an attempt live. */
  files(key: Key): AttemptFiles;
  /** Roles that tasks of this run ask for, by agent. */
  roles: ReadonlyMap<string, string[]>;
  /** Folder to ask agents for their roles in: what the repository defines is seen there. */
  rolesFolder: string;
}

/** Runs attempts as processes of this machine that outlive copse: their output goes to files, `reattach` adopts them. */
export function localExecutor(options: LocalExecutorOptions): Executor {
  const live = new Map<string, LiveAttempt>();
  const events: Queue<ExecutorEvent> = queue();
  const known = knownRoles(options);

  const make = (spec: AttemptSpec): LiveAttempt => {
    const adapter = options.agents.get(spec.agent);
    if (!adapter) throw new Error(`no adapter for agent ${spec.agent}: the run was not checked before it started`);
    const files = options.files(spec);
    const attempt = attemptOf(spec, {
      ...options,
      adapter,
      files,
      role: () => known(adapter, spec),
      emit: events.push,
    });
    live.set(nameOf(spec), attempt);
    return attempt;
  };
  /** An attempt that breaks says so as its result; the run goes on. */
  const settle = async <T>(spec: AttemptSpec, work: Promise<T>): Promise<T | 'lost'> => {
    try {
      return await work;
    } catch (error) {
      // Not ended as far as the journal goes: the next coordinator harvests what is there.
      if (error instanceof NoSpaceError) events.fail(error);
      else
        events.push({
          type: 'attempt.ended',
          task: spec.task,
          attempt: spec.attempt,
          ...failedResult(failureOf(error), 0),
        });
      return 'lost';
    } finally {
      live.delete(nameOf(spec));
    }
  };

  return {
    async submit(spec) {
      if (!live.has(nameOf(spec))) void settle(spec, make(spec).start());
    },
    async cancel(key, reason) {
      live.get(nameOf(key))?.cancel(reason);
    },
    async reattach(run, inFlight) {
      const found: Reattached[] = [];
      for (const spec of inFlight) {
        const { task, attempt } = spec;
        const adopted = make(spec).adopt();
        found.push({ key: { run, task, attempt }, state: await adopted.then((each) => each.state) });
        void settle(
          spec,
          adopted.then((each) => each.done),
        );
      }
      return found;
    },
    events: (signal) => events.read(signal),
    memory: (task, attempt) => {
      const suffix = `/${task}.${attempt}`;
      for (const [name, each] of live) if (name.endsWith(suffix)) return each.memory();
      return null;
    },
    workers: async () => [{ name: 'local', running: live.size }],
  };
}

function failureOf(error: unknown): Failure {
  if (isNoSpace(error)) return { code: 'no-space', message: (error as Error).message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

const nameOf = ({ run, task, attempt }: Key) => `${run}/${task}.${attempt}`;

/** Asks each adapter once which of the wanted roles it knows. */
function knownRoles({ roles, rolesFolder }: LocalExecutorOptions) {
  const asked = new Map<AgentAdapter, Promise<Set<string>>>();
  return async (adapter: AgentAdapter, spec: AttemptSpec): Promise<string | undefined> => {
    if (!spec.role || !adapter.roles) return undefined;
    let answer = asked.get(adapter);
    if (!answer) {
      answer = adapter.roles(roles.get(spec.agent) ?? [spec.role], rolesFolder);
      asked.set(adapter, answer);
    }
    return (await answer).has(spec.role) ? spec.role : undefined;
  };
}
