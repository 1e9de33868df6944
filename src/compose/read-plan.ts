import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic, Plan } from '../plan/plan.ts';
import { findPlan } from '../project/find-plan.ts';
import { loadPlanFolder } from '../project/plan-folder.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { Surroundings } from './context.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { quoted, typedPath } from './typed.ts';

/** How a plan folder is read. */
export interface Reading {
  /** `blocks` that no `deps` mirrors count as dependencies. */
  honorBlocks?: boolean;
  /** The prompts are generated anew, whatever `prompts/` holds. */
  freshPrompts?: boolean;
}

/** A plan without errors, and its folder: an absolute path. */
export interface ReadPlan {
  plan: Plan;
  dir: string;
}

/** The plan that is meant; a refusal with every finding when it has errors. `command`: the one to suggest with a name. */
export function readPlan(
  context: Pick<Surroundings, 'env'>,
  project: Project,
  name: string | undefined,
  { honorBlocks = false, freshPrompts = false, command }: Reading & { command: string },
): ReadPlan {
  const found = findPlan({ cwd: project.cwd, argument: name, command });
  // git's paths have no links in them. Of the folder itself the name counts, wherever it leads.
  const dir = join(realpathSync(dirname(found)), basename(found));
  const loaded = loadPlanFolder(dir, { honorBlocks, mask: maskFor(context) });
  if (!loaded.ok) throw planInvalid(typedPath(project.cwd, dir), loaded.diagnostics);
  if (!freshPrompts) return { plan: loaded.plan, dir };
  const tasks = loaded.plan.tasks.map(({ prompt: _, ...task }) => task);
  return { plan: { ...loaded.plan, tasks }, dir };
}

/** Errors of a plan that are shown; all of them are in the details. */
const SHOWN = 5;

function planInvalid(folder: string, diagnostics: readonly Diagnostic[]): Refusal {
  const errors = diagnostics.filter((each) => each.level === 'error');
  const place = ({ file, line, column }: Diagnostic) =>
    `${folder === '.' ? '' : `${folder}/`}${file}:${line}:${column}`;
  const [first, ...others] = errors;
  const lines = others.slice(0, SHOWN - 1).map((each) => `  ${place(each)}: ${each.message}`);
  const more =
    errors.length > SHOWN ? [`  … and ${errors.length - SHOWN} more: the plan has ${errors.length} errors`] : [];
  return new Refusal('plan-invalid', [first!.message, ...lines, ...more].join('\n'), {
    exit: EXIT.planInvalid,
    where: place(first!),
    hint: `copse validate ${quoted(folder)}`,
    details: errors,
  });
}
