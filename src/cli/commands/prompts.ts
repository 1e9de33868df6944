import { relative } from 'node:path';
import { learnSecretsNear, maskFor } from '../../compose/mask.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan, PlanResult, PlanSource } from '../../plan/plan.ts';
import { type PromptReport, reportPrompts } from '../../plan/prompt-check.ts';
import { PROMPT_INDEX } from '../../plan/prompt-index.ts';
import { findPlan } from '../../project/find-plan.ts';
import { readPlanFolder } from '../../project/plan-folder.ts';
import {
  fixPrompts,
  type PromptChange,
  regeneratePrompts,
  writeMissingPrompts,
  writePromptIndex,
} from '../../project/prompt-folder.ts';
import { systemClock } from '../../util/clock.ts';
import { EXIT, type ExitCode, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { showChanges, showCheck } from '../render/prompts.ts';
import { styleFor } from '../style.ts';

interface Options {
  check?: boolean;
  fix?: boolean;
  fresh?: boolean;
  verbose?: boolean;
  json?: boolean;
}

/** The plan folder the command works on. */
interface Opened {
  dir: string;
  /** As the user can type it. */
  folder: string;
  source: PlanSource;
  parsed: PlanResult;
}

export const prompts: CommandModule = {
  define(command) {
    command
      .argument('[plan]', 'plan folder, its name, or the beginning of its name; default: the only plan in parallel/')
      .option('--check', 'look for the sections every prompt must have; write nothing')
      .option('--fix', 'add what prompts lack; the old text is kept in task-NNN.txt.backup')
      .option('--fresh', 'write all prompts anew; the old ones are kept in prompts.backup-<time>/')
      .option('--verbose', 'show every section')
      .addHelpText(
        'after',
        `
Without an option the prompts that are missing are written; one that is there is
never overwritten.

Exit status: 0 written, or all valid · 1 some prompt is not valid ·
2 no plan or no prompts · 3 the plan is not valid

Examples:
  copse prompts                  write what is missing
  copse prompts TS-0042 --check  verify prompts that came from elsewhere
  copse prompts TS-0042 --fix    mend them`,
      );
  },

  async run(context, [argument], options: Options): Promise<ExitCode> {
    if (options.fresh && (options.check || options.fix)) {
      throw new Refusal('usage', '--fresh writes all prompts anew; it goes with neither --check nor --fix', {
        exit: EXIT.usage,
        hint: 'copse prompts --help',
      });
    }
    const opened = openFolder(context, argument);
    if (options.fix) return fix(context, opened, options);
    if (options.check) return check(context, opened, options);
    return write(context, opened, options);
  },
};

function openFolder({ cwd, env }: CliContext, argument: string | undefined): Opened {
  const dir = findPlan({ cwd, argument, command: 'prompts' });
  learnSecretsNear({ cwd: dir, env });
  const near = relative(cwd, dir);
  const source = readPlanFolder(dir, maskFor({ env }));
  return { dir, folder: near === '' ? '.' : near.startsWith('..') ? dir : near, source, parsed: parsePlan(source) };
}

function write(context: CliContext, opened: Opened, options: Options): ExitCode {
  const { dir, folder } = opened;
  const plan = validPlan(opened);
  const changes = options.fresh
    ? regeneratePrompts(dir, plan, new Date(systemClock.now()))
    : writeMissingPrompts(dir, plan);
  const index = writePromptIndex(dir, plan) ? PROMPT_INDEX : null;
  if (options.json) {
    print(context, { ok: true, plan: plan.name, mode: options.fresh ? 'fresh' : 'write', prompts: changes, index });
  } else context.stdout.write(showChanges(changes, { folder, index, style: styleFor(context.stdout, context.env) }));
  return EXIT.ok;
}

function check(context: CliContext, opened: Opened, options: Options): ExitCode {
  return conclude(context, opened, { options, fixed: [] });
}

function fix(context: CliContext, opened: Opened, options: Options): ExitCode {
  demandPrompts(reportPrompts(opened.source, opened.parsed.plan), opened.folder);
  const fixed = fixPrompts(opened.dir, validPlan(opened));
  const source = readPlanFolder(opened.dir, maskFor(context));
  return conclude(context, { ...opened, source, parsed: parsePlan(source) }, { options, fixed });
}

/** Shows what the prompts lack now. */
function conclude(
  context: CliContext,
  { source, parsed: { plan }, folder }: Opened,
  { options, fixed }: { options: Options; fixed: PromptChange[] },
): ExitCode {
  const reports = reportPrompts(source, plan);
  demandPrompts(reports, folder);
  const ok = reports.every(({ valid }) => valid);
  const missing = (plan?.tasks ?? []).filter(({ prompt }) => !prompt).map(({ id }) => id);
  if (options.json) {
    const mode = options.fix ? 'fix' : 'check';
    print(context, { ok, plan: source.name, mode, prompts: reports, fixed, withoutPrompt: missing });
  } else {
    const style = styleFor(context.stdout, context.env);
    const verbose = options.verbose ?? false;
    context.stdout.write(showCheck({ folder, reports, fixed, missing }, { verbose, style }));
  }
  return ok ? EXIT.ok : EXIT.taskFailed;
}

function demandPrompts(reports: PromptReport[], folder: string): void {
  if (reports.length > 0) return;
  throw new Refusal('no-prompts', `there is no prompt in ${folder}/prompts/`, {
    exit: EXIT.usage,
    hint: `copse prompts ${folder} writes them from the tasks`,
  });
}

/** Prompts are made from the plan: of one with errors they would be wrong. */
function validPlan({ parsed, folder }: Opened): Plan {
  if (parsed.ok) return parsed.plan;
  const errors = parsed.diagnostics.filter(({ level }) => level === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  throw new Refusal('plan-invalid', `the plan is not valid: ${first?.message ?? 'it could not be read'}${more}`, {
    exit: EXIT.planInvalid,
    ...(first && { where: `${folder}/${first.file}:${first.line}` }),
    hint: `copse validate ${folder}`,
    details: { diagnostics: errors },
  });
}

function print({ stdout }: CliContext, { ok, ...rest }: { ok: boolean } & Record<string, unknown>): void {
  stdout.write(`${JSON.stringify({ v: 1, command: 'prompts', ok, ...rest })}\n`);
}
