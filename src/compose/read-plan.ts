import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic, Plan, PlanResult } from '../plan/plan.ts';
import { findPlan } from '../project/find-plan.ts';
import { loadPlanFolder } from '../project/plan-folder.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { Reading } from './choices.ts';
import type { Surroundings } from './context.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import { quoted, typedPath } from './typed.ts';

/** A plan without errors, and its folder: an absolute path. */
export interface ReadPlan {
  plan: Plan;
  dir: string;
}

/** A plan folder with what was found in it; `dir`: its absolute path. */
export type FoundPlan = PlanResult & { dir: string };

/** The plan that is meant; a refusal with every finding when it has errors. */
export function readPlan(
  context: Pick<Surroundings, 'env'>,
  { cwd }: Pick<Project, 'cwd'>,
  name: string | undefined,
  options: Reading & { command: string },
): ReadPlan {
  return withoutErrors(cwd, lookUpPlan({ ...context, cwd }, name, options));
}

/** The plan that is meant, whatever is in it. `command`: the one to suggest with a name. */
export function lookUpPlan(
  context: Pick<Surroundings, 'cwd' | 'env'>,
  name: string | undefined,
  { honorBlocks = false, freshPrompts = false, command }: Reading & { command: string },
): FoundPlan {
  const found = findPlan({ cwd: context.cwd, argument: name, command });
  // git's paths have no links in them. Of the folder itself the name counts, wherever it leads.
  const dir = join(realpathSync(dirname(found)), basename(found));
  const loaded = loadPlanFolder(dir, { honorBlocks, mask: maskFor(context) });
  if (!loaded.ok || !freshPrompts) return { ...loaded, dir };
  const tasks = loaded.plan.tasks.map(({ prompt: _, ...task }) => task);
  return { ...loaded, plan: { ...loaded.plan, tasks }, dir };
}

/** The plan when it can be run. Throws the refusal `plan-invalid`; paths in it are relative to `cwd`. */
export function withoutErrors(cwd: string, found: FoundPlan): ReadPlan {
  if (!found.ok) throw planInvalid(typedPath(cwd, found.dir), found.diagnostics);
  return { plan: found.plan, dir: found.dir };
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
