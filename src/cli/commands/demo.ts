import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRun } from '../../compose/open-run.ts';
import { openProject } from '../../compose/project.ts';
import { readPlan } from '../../compose/read-plan.ts';
import { latestRunOf } from '../../compose/runs.ts';
import { findProgram } from '../../process/program.ts';
import type { RunState } from '../../run/state.ts';
import { summarize } from '../../run/summarize.ts';
import { PACKAGE_ROOT } from '../../util/package-root.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import { type CliContext, narrating } from '../context.ts';
import { type TestResult, testInventory } from '../demo/check.ts';
import { type Demo, makeDemo } from '../demo/make.ts';
import { story } from '../demo/story.ts';
import { execute } from '../execute.ts';
import { integrate } from './integrate.ts';

interface Options {
  dir?: string;
  rm?: boolean;
  json?: boolean;
}

interface Ended {
  exit: ExitCode;
  state: RunState;
  /** On `main`; null when it did not come to that. */
  tests: TestResult | null;
}

export const demo: CommandModule = {
  define(command) {
    command
      .option('--dir <folder>', 'where to make it: an empty or a new folder (default: a new temporary one)')
      .option('--rm', 'remove it all at the end when everything went well; otherwise it stays, to look around in')
      .addHelpText(
        'after',
        '\nNo key and no network: the agents are scripts that write code which was worked\nout beforehand.',
      );
  },

  async run(context, _, options: Options) {
    const say = options.json ? () => {} : (line: string) => context.stderr.write(`${line}\n`);
    say(
      'copse demo: four agents extend a small TypeScript service. They are scripts, so no key and no network is needed;',
    );
    say('everything else is as with Claude Code: worktrees, prompts, gates, retries, merges.');
    const dir = options.dir === undefined ? {} : { dir: resolve(context.cwd, options.dir) };
    const made = await makeDemo({ ...dir, env: context.env });
    const ended = await play(context, made, { say, json: options.json === true });
    const removed = options.rm === true && ended.exit === EXIT.ok;
    const report = readReport(made);
    if (removed) rmSync(made.root, { recursive: true, force: true, maxRetries: 5 });
    if (options.json) {
      context.stdout.write(`${JSON.stringify(document(made, ended, removed))}\n`);
      return ended.exit;
    }
    if (report !== null) context.stdout.write(`\n${report}\n`);
    for (const line of closing(made, ended, { removed, copse: copseCommand(context) })) say(line);
    return ended.exit;
  },
};

/** The three steps that a user does by hand, through the same functions. */
async function play(
  context: CliContext,
  made: Demo,
  { say, json }: { say: (line: string) => void; json: boolean },
): Promise<Ended> {
  const silent = { ...context.stdout, isTTY: false, write: () => {} };
  const inside: CliContext = {
    ...context,
    cwd: made.repo,
    ...(json && { stdout: silent, stderr: silent }),
  };
  say(`\n1. A repository with a plan of 4 tasks in 3 waves: ${made.repo}`);
  say(`\n2. copse run ${made.plan}`);
  const project = await openProject(inside);
  const read = readPlan(inside, project, made.plan, { command: 'run' });
  const open = await openRun(narrating(inside), project, read, {});
  const ran = await execute(inside, project, open, { progress: json ? 'plain' : 'auto' });
  if (ran !== EXIT.ok) return { exit: ran, state: open.state, tests: null };

  say(`\n3. copse integrate ${made.plan}`);
  const landed = await integrate.run(inside, [made.plan], {});
  const state = latestRunOf(project.repository.commonDir, made.plan)?.state ?? open.state;
  if (landed !== EXIT.ok) return { exit: landed, state, tests: null };

  say('\n4. npm test, on main');
  const tests = await testInventory(made.repo, { env: context.env, signal: context.signal });
  say(`${tests.passed} passed, ${tests.failed} failed${tests.ok ? '' : `\n${tests.tail}`}`);
  return { exit: tests.ok ? EXIT.ok : EXIT.integration, state, tests };
}

function readReport({ repo, plan }: Demo): string | null {
  try {
    return readFileSync(join(repo, 'parallel', plan, 'integration-report.md'), 'utf8').trimEnd();
  } catch {
    return null; // it did not come to that; why was said already
  }
}

function closing(
  { root, repo, plan }: Demo,
  { exit, state }: Ended,
  { removed, copse }: { removed: boolean; copse: string },
): string[] {
  const seen = story(state).map((line) => `  · ${line}`);
  const look = [
    `  cd ${repo}`,
    '  git log --graph --oneline',
    `  ${copse} status ${plan}`,
    `  ${copse} logs task-002-products`,
    ...(exit === EXIT.ok ? ['  npm start', `  ${copse} clean ${plan}`] : []),
  ];
  return [
    ...(seen.length > 0 ? ['\nWhat you saw', ...seen] : []),
    ...(removed ? [] : ['\nLook around', ...look, `  rm -r ${root}    when you are done`]),
    `\nIn a repository of yours, with agents of yours: ${copse} validate, then ${copse} run`,
  ];
}

/** How this user calls copse: it may run from a clone, and be on no PATH. */
function copseCommand({ cwd, env }: CliContext): string {
  if ('path' in findProgram('copse', { cwd, env })) return 'copse';
  return `node ${fileURLToPath(new URL('bin/copse.js', PACKAGE_ROOT))}`;
}

function document({ root, repo, plan }: Demo, { exit, state, tests }: Ended, removed: boolean) {
  return {
    v: 1,
    command: 'demo',
    ok: exit === EXIT.ok,
    root,
    repo,
    removed,
    plan,
    tests: tests && { passed: tests.passed, failed: tests.failed },
    run: summarize(state, Date.now()),
    seen: story(state),
  };
}
