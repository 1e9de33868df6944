import { relative } from 'node:path';
import { learnSecretsNear, maskFor } from '../../compose/mask.ts';
import { symbolNotes } from '../../compose/symbol-notes.ts';
import { kindOf } from '../../contract/kind.ts';
import { inReadingOrder } from '../../plan/findings.ts';
import { ownershipMatrix } from '../../plan/ownership.ts';
import type { Diagnostic, Plan } from '../../plan/plan.ts';
import { findPlan } from '../../project/find-plan.ts';
import { loadPlanFolder } from '../../project/plan-folder.ts';
import { EXIT, type ExitCode } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';
import type { CliContext } from '../context.ts';
import { styleFor } from '../style.ts';
import { showReport, type Verdict } from '../validate-report.ts';

interface Options {
  strict?: boolean;
  honorBlocks?: boolean;
  verbose?: boolean;
  json?: boolean;
}

export const validate: CommandModule = {
  define(command) {
    command
      .argument('[plan]', 'plan folder, its name, or the beginning of its name; default: the only plan in parallel/')
      .option('--strict', 'warnings fail too')
      .option('--honor-blocks', '"blocks" without matching "deps" become dependencies')
      .option('--verbose', 'show everything, however long')
      .addHelpText(
        'after',
        `
Exit status: 0 valid · 3 not valid (with --strict: or warnings) · 2 no such plan

Examples:
  copse validate                 the only plan in parallel/
  copse validate TS-0042         a plan by the beginning of its name
  copse validate --strict --json for scripts
`,
      );
  },
  async run(context, [argument], options: Options): Promise<ExitCode> {
    const dir = findPlan({ cwd: context.cwd, argument, command: 'validate' });
    learnSecretsNear({ cwd: dir, env: context.env });
    const honorBlocks = options.honorBlocks ?? false;
    const { ok, plan, diagnostics: found } = loadPlanFolder(dir, { honorBlocks, mask: maskFor(context) });
    const diagnostics = plan
      ? inReadingOrder([...found, ...(await symbolNotes(plan, dir)), ...(await contractDiagnostics(plan))])
      : found;
    const strict = (options.strict ?? false) && diagnostics.some(({ level }) => level === 'warning');
    const verdict: Verdict = {
      ok: ok && !strict,
      folder: typed(context, dir),
      plan,
      diagnostics,
      ownership: plan ? ownershipMatrix(plan.tasks) : [],
    };
    if (options.json) context.stdout.write(`${JSON.stringify(document(verdict))}\n`);
    else {
      const { stdout, env } = context;
      const verbose = options.verbose ?? false;
      stdout.write(showReport(verdict, { width: stdout.columns, verbose, style: styleFor(stdout, env) }));
    }
    return verdict.ok ? EXIT.ok : EXIT.planInvalid;
  },
};

/** Contracts that do not follow their own specification. What validates them is loaded only for a plan that has some. */
async function contractDiagnostics({ contracts }: Plan): Promise<Diagnostic[]> {
  const documents = contracts.filter((each) => each.text.trim() !== '' && kindOf(each) === 'openapi');
  if (documents.length === 0) return [];
  const { openApiFaults } = await import('../../contract/openapi/faults.ts');
  const found = (await Promise.all(documents.map(openApiFaults))).flat();
  return found.map(({ code, message, contract: { file, line = 1 } }) => {
    return { code, level: 'warning', message, file, line, column: 1 };
  });
}

/** The shortest path that leads there from where the user stands. */
function typed({ cwd }: CliContext, dir: string): string {
  const near = relative(cwd, dir);
  return near === '' ? '.' : near.startsWith('..') ? dir : near;
}

function document({ ok, plan, diagnostics, ownership }: Verdict): unknown {
  return { v: 1, command: 'validate', ok, plan: plan && summary(plan), diagnostics, ownership };
}

function summary({ name, title, variant, techSpec, technology, tasks, waves, dependencies }: Plan): unknown {
  return {
    name,
    title,
    variant,
    techSpec,
    technology,
    tasks: tasks.map(({ id, title, wave, deps, conflicts, agent, model, file, prompt }) => ({
      id,
      title,
      wave,
      deps,
      conflicts,
      agent,
      model,
      file,
      prompt: prompt?.file,
    })),
    waves,
    dependencies,
  };
}
