import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentAdapter } from '../agent/adapter.ts';
import { createAgents } from '../agent/registry.ts';
import { admission } from '../engine/admission.ts';
import type { OpenRun } from '../engine/open.ts';
import type { Ports } from '../engine/ports.ts';
import { localExecutor } from '../executor/local.ts';
import { judgeAttempt } from '../gate/judge.ts';
import { agentEnv, outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { guardRepository } from '../git/guard.ts';
import { identityEnv } from '../git/identity.ts';
import { inspectBranchWork } from '../git/inspect.ts';
import { worktreeGitDir } from '../git/worktree.ts';
import { installDependencies } from '../integrate/dependencies.ts';
import { integrationWorktree } from '../integrate/integration-worktree.ts';
import { type Landed, landMany } from '../integrate/land.ts';
import { runValidation } from '../integrate/validate.ts';
import { attemptPaths, runPaths } from '../journal/store.ts';
import { probe } from '../machine/probe.ts';
import { type AgentChoice, chooseAgent, fallBack } from '../plan/agent-choice.ts';
import type { Plan, Task } from '../plan/plan.ts';
import { goOnPrompt, placedPrompt, promptOf, retryPrompt } from '../plan/prompt.ts';
import { fallbackOf } from '../project/config.ts';
import { spentOf } from '../run/budget.ts';
import type { Failure } from '../run/failure.ts';
import { evidenceForRetry } from '../run/retry-evidence.ts';
import { cutSession } from '../run/session.ts';
import { type AttemptState, lastAttempt, type RunState } from '../run/state.ts';
import { isClosed } from '../schedule/quota.ts';
import { filesToCreate } from '../scope/created.ts';
import { systemClock } from '../util/clock.ts';
import { setUp } from '../workspace/setup.ts';
import type { Workspaces } from '../workspace/workspace.ts';
import { confining } from './confine.ts';
import type { CliContext } from './context.ts';
import { workspaceSizeOf } from './disk.ts';
import { escapesOf } from './escapes.ts';
import { maskFor } from './mask.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import type { Project } from './project.ts';
import { directoriesByTask, insideOf, placeOf, setupOf, workspacesOf, workspacesRoot } from './workspaces.ts';

/** How long a wave's validation may take. */
const VALIDATION_MS = 30 * 60_000;
/** From asking an agent to end to ending it. */
export const GRACE_MS = 10_000;
/** Processes that want to run, per core. 32 agents on two cores were slow and all came through. */
const MAX_LOAD = 16;
/** Bytes of one attempt's output; hours of an agent at work are a tenth of it. */
const MAX_TRANSCRIPT = 64_000_000;
const LEAST_TRANSCRIPT = 1_000_000;
/** Bytes, of an agent that says nothing of itself. */
const AGENT_MEMORY = 200_000_000;

/** The agents of this machine and this project, by name. */
export function agentsOf(context: CliContext, { config, repository }: Project): Map<string, AgentAdapter> {
  const acpClient = [process.execPath, fileURLToPath(new URL('bin/acp-client.js', PACKAGE_ROOT))];
  const machine = { isRoot: process.getuid?.() === 0, baseEnv: context.env, baseDir: repository.root, acpClient };
  return createAgents({ agent: config.agent, agents: config.agents, prices: config.prices }, machine);
}

/** Wires the real parts of a run. */
export async function portsOf(
  context: CliContext,
  { repository: unguarded, ...rest }: Project,
  open: OpenRun,
): Promise<Ports & Pick<Workspaces, 'settle'>> {
  const trust = join(runPaths(unguarded.commonDir, open.id).dir, 'git-settings.json');
  const repository = await guardRepository(unguarded, trust);
  const project: Project = { ...rest, repository };
  const { config } = project;
  const { plan } = open;
  const { git, commonDir, root } = repository;
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const env = outsideEnv(withoutAgentKeys(context.env, config.secrets.pass));
  const mask = maskFor(context);
  const setup = setupOf(config);
  const workspaces = workspacesOf(context, project, open);
  const worktree = integrationWorktree({
    repository,
    path: join(workspacesRoot(project, plan.name), '.integration'),
    setUp: async (path) => {
      const done = await setUp(path, { repository, config: setup, env });
      return done.ok ? null : done.failure;
    },
  });
  const agents = agentsOf(context, project);
  /** Who carries out a task now. */
  const agentFor = (task: Task, state: RunState): AgentChoice =>
    fallBack(
      chooseAgent(task, state.settings, agents),
      (name) => fallbackOf(config, name),
      (name) => isClosed(state, accountOf(agents, name), systemClock.now()),
    );
  const escapes = escapesOf({ context, project, open, agents, root: workspacesRoot(project, plan.name) });
  const shared = open.state.settings.pattern === 'directory';
  const directories = shared ? directoriesByTask(project, plan) : new Map<string, string[]>();
  const local = localExecutor({
    agents,
    workspaces: escapes.workspaces(workspaces),
    files: (key) => {
      const paths = attemptPaths(commonDir, key.run, key.task, key.attempt);
      return { ...paths, log: join(paths.dir, 'agent.log') };
    },
    env: { ...agentEnv(context.env), ...(await identityEnv(git)) },
    roles: rolesOf(plan, open.state, agents),
    rolesFolder: root,
    clock: systemClock,
    graceMs: GRACE_MS,
    mask,
    maxTranscript: Math.max(config.limits.maxTranscript ?? MAX_TRANSCRIPT, LEAST_TRANSCRIPT),
    newSession: randomUUID,
    ...(await confining(context, project, open)),
    ...(context.force && { hurry: context.force }),
  });
  const executor = escapes.executor(local);
  const places = [workspacesRoot(project, plan.name), commonDir];

  return {
    executor,
    settle: workspaces.settle,

    places,
    admission: admission({
      probe: () => probe(places),
      clock: systemClock,
      floors: {
        memory: config.limits.minFreeMemory ?? null,
        disk: config.limits.minFreeDisk ?? null,
        load: config.limits.maxLoad ?? MAX_LOAD,
      },
      agentMemory: memoryOf(plan, open.state, agents),
      taskMemory: open.state.settings.taskMemory ?? null,
      workspaceSize: workspaceSizeOf(git, workspacesRoot(project, plan.name), open.state.base),
      used: (task, attempt) => executor.memory?.(task, attempt) ?? null,
    }),

    accountOf: (id) => accountOf(agents, agentFor(tasks.get(id)!, open.state).agent),

    specify(id, attempt, state) {
      const task = tasks.get(id)!;
      const { settings } = state;
      const before = lastAttempt(state.tasks.get(id)!);
      const failure = before && before.number < attempt ? before.failure : null;
      const prompt = placedPrompt(promptOf(plan, task), directories.get(id));
      const chosen = agentFor(task, state);
      const cut = agents.get(chosen.agent)?.resumes ? cutSession(state.tasks.get(id)!, attempt, chosen.agent) : null;
      return {
        run: state.id,
        task: id,
        attempt,
        title: mask(task.title),
        ...chosen,
        prompt: mask(failure ? retryPrompt(prompt, attempt, evidenceForRetry(failure, before!.evidence)) : prompt),
        ...(cut && { resume: { ...cut, prompt: goOnPrompt(failure?.code === 'agent' ? failure.limit : undefined) } }),
        base: cut?.base ?? state.tip,
        ...placeOf(project, plan.name, { task: id, pattern: settings.pattern }),
        timeoutMs: settings.timeoutMs,
        stallMs: settings.stallMs,
        ...(settings.taskMemory && { memoryCap: settings.taskMemory }),
        ...taskBudget(state, id),
      };
    },

    async verify(id, attempt) {
      const result = attempt.result!;
      const task = tasks.get(id)!;
      const { base, branch } = attempt;
      const measured = await inspectBranchWork(git, {
        base,
        head: result.head ?? base,
        branch,
        integrated: open.state.tip,
        gitDir: await worktreeGitDir(repository, attempt.workspace),
        maxFileBytes: config.limits.maxFileSize,
        expected: filesToCreate(task.scope),
        secretsIn: mask.find,
      });
      const judged = judgeAttempt({
        ...measured,
        task,
        base,
        result,
        alone: wasAlone(open.state, id, attempt),
        planPath: insideOf(root, open.state.planDir),
        policy: open.state.settings.scope,
        allow: config.scope.allow,
      });
      return escapes.verdict(id, attempt, judged);
    },

    async land({ tip, tasks: ready }) {
      const { state } = open;
      const requests = ready.map(({ task, attempt, head }) => {
        const { title } = tasks.get(task)!;
        return { head, plan: plan.name, run: state.id, task, title: mask(title), attempt };
      });
      const landed = await landMany(git, { ref: state.integrationRef, tip }, requests);
      return landed.map((each, at) => {
        const { task } = ready[at]!;
        if (each.landed) {
          return { landed: true, commit: each.commit, commits: lastAttempt(state.tasks.get(task)!)!.result!.commits };
        }
        return { landed: false, failure: landingFailure(task, each) };
      });
    },

    validationCommand: (wave) => validationOf(plan, wave).command,

    async validate(wave, commit) {
      const validation = validationOf(plan, wave);
      const failure = await worktree.checkout(commit);
      if (failure) return { ok: false, failure };
      const timeoutMs = VALIDATION_MS;
      const ran = await runValidation(validation, { cwd: worktree.path, env, timeoutMs });
      if (ran.ok) return { ok: true, ms: ran.ms };
      return {
        ok: false,
        failure: { code: 'validation', wave, command: validation.command, exit: ran.exit, tail: ran.tail },
      };
    },

    async installDependencies(tip) {
      const failure = await worktree.checkout(tip);
      if (failure) return { ok: false, failure };
      return installDependencies({
        git,
        ref: open.state.integrationRef,
        tip,
        worktree: worktree.path,
        steps: plan.dependencies,
        env,
      });
    },
  };
}

/** Whether no attempt at another task was under way at any time of this one. */
function wasAlone(state: RunState, task: string, { startedAt, endedAt }: AttemptState): boolean {
  const others = [...state.tasks.values()].filter(({ seed }) => seed.id !== task).flatMap(({ attempts }) => attempts);
  const meets = (other: AttemptState) =>
    other.startedAt <= (endedAt ?? Number.POSITIVE_INFINITY) &&
    (other.endedAt ?? Number.POSITIVE_INFINITY) >= startedAt;
  return !others.some(meets);
}

/** What is left to the attempts of a task; a cent at least, for agents that take no zero. */
function taskBudget({ settings: { maxTaskUsd }, tasks }: RunState, id: string) {
  if (maxTaskUsd === undefined) return {};
  return { maxUsd: Math.max(0.01, maxTaskUsd - spentOf(tasks.get(id)!).usd), taskUsd: maxTaskUsd };
}

function landingFailure(task: string, landed: Extract<Landed, { landed: false }>): Failure {
  if (landed.why === 'conflict') {
    const { paths, messages, onto } = landed;
    return { code: 'merge-conflict', paths, messages, onto };
  }
  const message = `the integration branch was ${landed.why} (now ${landed.actual ?? 'gone'}) while ${task} was landing`;
  return { code: 'workspace', message };
}

function validationOf(plan: Plan, number: number) {
  return plan.waves.find((wave) => wave.number === number)!.validation!;
}

/** Whose allowance an agent uses. */
function accountOf(agents: ReadonlyMap<string, AgentAdapter>, name: string): string {
  return agents.get(name)?.account ?? name;
}

/** Roles only the run's agent is asked for. */
function rolesOf(plan: Plan, { settings }: RunState, agents: ReadonlyMap<string, AgentAdapter>): Map<string, string[]> {
  const wanted = plan.tasks.flatMap((task) => chooseAgent(task, settings, agents).role ?? []);
  return new Map([[settings.agent, [...new Set(wanted)]]]);
}

/** What one agent takes as a rule: of several kinds in one run the largest. */
function memoryOf(plan: Plan, { settings }: RunState, agents: ReadonlyMap<string, AgentAdapter>): number {
  const used = plan.tasks.map((task) => agents.get(chooseAgent(task, settings, agents).agent));
  return Math.max(...used.map((adapter) => adapter?.memory ?? AGENT_MEMORY));
}
