import { agentsOf } from '../../compose/agents.ts';
import type { Project } from '../../compose/project.ts';
import { checkWorkspaceRoot } from '../../compose/workspace-root.ts';
import { workspacesRoot } from '../../compose/workspaces.ts';
import { createGit, requireGit } from '../../git/git.ts';
import { openRepository } from '../../git/repository.ts';
import { dirtyPaths } from '../../git/status.ts';
import { machineMemory } from '../../machine/memory.ts';
import { diskAt, freeFiles, loadPerCore } from '../../machine/probe.ts';
import { printable } from '../../plan/text.ts';
import { findProgram } from '../../process/program.ts';
import { loadConfig } from '../../project/config.ts';
import { findParallel, plansIn } from '../../project/find-plan.ts';
import { findSandbox } from '../../sandbox/find.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';
import { formatBytes } from '../../util/size.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { wrapWords } from '../style.ts';

/** One thing that copse needs or can use. `missing`: a run would fail; `note`: it goes without. */
interface Finding {
  name: string;
  state: 'ok' | 'note' | 'missing';
  message: string;
  hint?: string;
}

export const doctor: CommandModule = {
  define() {},

  async run(context, _args, options: { json?: boolean }) {
    const findings = await examine(context);
    const ok = findings.every((finding) => finding.state !== 'missing');
    if (options.json) {
      context.stdout.write(`${JSON.stringify({ v: 1, command: 'doctor', ok, findings })}\n`);
      return ok ? EXIT.ok : EXIT.environment;
    }
    const sign = { ok: '✓', note: '·', missing: '✗' };
    const left = Math.max(...findings.map(({ name }) => name.length)) + 4;
    for (const { name, state, message } of findings) {
      const [first, ...more] = wrapWords(printable(message), context.stdout.columns - left);
      const lines = [`${sign[state]} ${name}`.padEnd(left) + first, ...more.map((line) => ' '.repeat(left) + line)];
      context.stdout.write(`${lines.join('\n')}\n`);
    }
    for (const { hint } of findings) if (hint) context.stdout.write(`  next: ${hint}\n`);
    if (ok) context.stdout.write('next: copse validate, or copse demo to see a whole run\n');
    return ok ? EXIT.ok : EXIT.environment;
  },
};

async function examine(context: CliContext): Promise<Finding[]> {
  const findings: Finding[] = [{ name: 'node', state: 'ok', message: process.version }];
  const git = createGit({ cwd: context.cwd, env: context.env });
  findings.push(await check('git', async () => ({ message: await requireGit(git) })));
  for (const [name, use] of [
    ['bash', 'validations and set-up commands'],
    ['sh', 'starting agents'],
  ] as const) {
    findings.push(programFinding(context, name, use, 'missing'));
  }
  findings.push(programFinding(context, 'python3', 'validations written in Python', 'note'));
  let project: Project | null = null;
  findings.push(
    await check('repository', async () => {
      const repository = await openRepository(git);
      project = { repository, config: loadConfig(repository.root), cwd: context.cwd };
      const dirty = (await dirtyPaths(repository.git)).length;
      return {
        message: `${repository.root}, ${repository.head.branch ?? 'detached HEAD'}${dirty > 0 ? `, ${dirty} uncommitted` : ''}`,
      };
    }),
  );
  if (project) findings.push(...(await examineProject(context, project)));
  return [...findings, ...machineFindings()];
}

async function examineProject(context: CliContext, project: Project): Promise<Finding[]> {
  const findings: Finding[] = [];
  let agents: ReturnType<typeof agentsOf> = new Map();
  const defined = await check('agents', async () => {
    agents = agentsOf(context, project);
    return { message: `${agents.size} defined` };
  });
  if (defined.state !== 'ok') findings.push(defined);
  for (const [name, adapter] of agents) {
    const found = await adapter.check();
    const needed = name === project.config.agent;
    findings.push(
      found.ok
        ? {
            name: `agent ${name}`,
            state: 'ok',
            message: found.version === 'unknown' ? found.path : `${found.version} (${found.path})`,
          }
        : {
            name: `agent ${name}`,
            state: needed ? 'missing' : 'note',
            message: found.message,
            ...(needed && { hint: found.hint }),
          },
    );
  }
  const root = workspacesRoot(project, '');
  const free = diskAt(root)?.free ?? null;
  findings.push(
    await check('workspaces', async () => {
      checkWorkspaceRoot(root, project.repository);
      return { message: `${root}${free === null ? '' : `, ${formatBytes(free)} free`}` };
    }),
  );
  const sandbox = await findSandbox({ env: context.env, writable: project.config.sandbox.writable });
  findings.push(
    sandbox.ok
      ? { name: 'sandbox', state: 'ok', message: `${sandbox.sandbox.name} (${sandbox.path})` }
      : { name: 'sandbox', state: 'note', message: `${sandbox.message}; nothing holds agents to their directories` },
  );
  const parallel = findParallel(project.cwd);
  const plans = parallel === null ? [] : plansIn(parallel);
  findings.push({
    name: 'plans',
    state: plans.length > 0 ? 'ok' : 'note',
    message: plans.join(', ') || 'none under parallel/',
  });
  return findings;
}

/** What admission looks at; and where nobody has tried copse. */
function machineFindings(): Finding[] {
  const { free, total } = machineMemory();
  const [load, files] = [loadPerCore(), freeFiles()];
  const message = [
    `${formatBytes(free)} of ${formatBytes(total)} memory free`,
    ...(load === null ? [] : [`load ${load.toFixed(1)} a core`]),
    ...(files === null ? [] : [`${files} more files can be opened`]),
  ].join(', ');
  const machine: Finding = { name: 'machine', state: 'ok', message };
  if (process.platform !== 'win32') return [machine];
  return [machine, { name: 'windows', state: 'note', message: 'copse is not tested here: use WSL' }];
}

function programFinding(context: CliContext, name: string, use: string, absent: 'note' | 'missing'): Finding {
  const found = findProgram(name, { cwd: context.cwd, env: context.env });
  if ('path' in found) return { name, state: 'ok', message: found.path };
  return { name, state: absent, message: `not found; needed for ${use}` };
}

async function check(name: string, look: () => Promise<{ message: string }>): Promise<Finding> {
  try {
    return { name, state: 'ok', ...(await look()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { name, state: 'missing', message: error.message, ...(error.hint && { hint: error.hint }) };
  }
}
