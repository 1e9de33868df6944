import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { printable, show } from '../plan/text.ts';
import { nearest } from '../util/nearest.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

export interface PlanSearch {
  cwd: string;
  /** Where to look for `parallel/`; by default the nearest folder upwards that has it, up to the repository's root. */
  repoRoot?: string;
  /** What the user typed: a path, the name of a plan folder, or the beginning of it (`TS-0042`). */
  argument?: string | undefined;
  /** The command to suggest when there are several plans: `validate`. */
  command?: string;
}

/** The plan folder that is meant, as an absolute path. Refuses with the commands to type when it is none or several. */
export function findPlan({ cwd, repoRoot, argument, command = 'validate' }: PlanSearch): string {
  const parallel = findParallel(cwd, repoRoot);
  if (argument === undefined) return planAround(cwd, parallel) ?? onlyPlan(parallel, cwd, command);
  if (argument.includes('\0')) throw notFound(argument, [], parallel);
  const path = resolve(cwd, argument);
  const given = isFolder(path) ? path : basename(path) === 'manifest.json' && existsSync(path) ? dirname(path) : null;
  if (given) {
    if (isPlanFolder(given)) return given;
    if (plansIn(given).length > 0) return onlyPlan(given, cwd, command);
    if (/[/\\]|^\.+$/.test(argument) || !parallel) throw notAPlan(argument);
  }
  return byName(argument, parallel, { cwd, command });
}

/** Whether a folder has what makes a plan: manifest.json, or task files. */
function isPlanFolder(dir: string): boolean {
  if (existsSync(join(dir, 'manifest.json'))) return true;
  const tasks = join(dir, 'tasks');
  return isFolder(tasks) && readdirSync(tasks).some((name) => name.toLowerCase().endsWith('.md'));
}

/** Names of the plan folders in `parallel/`, sorted. */
export function plansIn(parallel: string): string[] {
  const entries = isFolder(parallel) ? readdirSync(parallel) : [];
  return entries.filter((name) => isFolder(join(parallel, name)) && isPlanFolder(join(parallel, name))).sort();
}

/** The plan folder the user stands in. */
function planAround(cwd: string, parallel: string | null): string | null {
  for (let folder = resolve(cwd); dirname(folder) !== folder; folder = dirname(folder)) {
    if (parallel && dirname(folder) === parallel) return isPlanFolder(folder) ? folder : null;
  }
  return existsSync(join(cwd, 'manifest.json')) && isFolder(join(cwd, 'tasks')) ? resolve(cwd) : null;
}

/** The nearest folder `parallel` upwards, up to the root of the repository; null when there is none. */
export function findParallel(cwd: string, repoRoot?: string): string | null {
  if (repoRoot !== undefined) {
    const folder = join(repoRoot, 'parallel');
    return isFolder(folder) ? folder : null;
  }
  let empty: string | null = null; // a folder of that name in somebody's sources, say
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const parallel = join(folder, 'parallel');
    if (plansIn(parallel).length > 0) return parallel;
    if (isFolder(parallel)) empty ??= parallel;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return empty;
  }
}

function onlyPlan(parallel: string | null, cwd: string, command: string): string {
  const names = parallel ? plansIn(parallel) : [];
  if (parallel && names.length === 1) return join(parallel, names[0]!);
  if (parallel && names.length > 1)
    throw several(`there are ${names.length} plans in ${shortest(parallel, cwd)}/`, names, command);
  throw new Refusal(
    'no-plan',
    `there is no plan ${parallel ? `in ${shortest(parallel, cwd)}/` : 'here: no folder parallel/ was found'}`,
    {
      exit: EXIT.usage,
      hint: `a plan is a folder with a manifest.json or with tasks/*.md, such as parallel/TS-0042-inventory-system: copse ${command} <folder>`,
    },
  );
}

function byName(argument: string, parallel: string | null, { cwd, command }: { cwd: string; command: string }): string {
  const names = parallel ? plansIn(parallel) : [];
  const wanted = argument.replace(/^(?:\.\/)?parallel\//, '').replace(/\/+$/, '');
  if (parallel && names.includes(wanted)) return join(parallel, wanted);
  const word = names.filter((name) => name.toLowerCase().startsWith(`${wanted.toLowerCase()}-`));
  const found = word.length > 0 ? word : names.filter((name) => name.toLowerCase().startsWith(wanted.toLowerCase()));
  if (parallel && wanted !== '' && found.length === 1) return join(parallel, found[0]!);
  if (parallel && wanted !== '' && found.length > 1) {
    throw several(
      `${show(printable(argument))} may be any of ${found.length} plans in ${shortest(parallel, cwd)}/`,
      found,
      command,
    );
  }
  throw notFound(argument, names, parallel);
}

function several(message: string, names: readonly string[], command: string): Refusal {
  const shown = names.slice(0, 20).map((name) => `\n    copse ${command} ${name}`);
  const more = names.length > 20 ? `\n    … and ${names.length - 20} more` : '';
  return new Refusal('several-plans', message, {
    exit: EXIT.usage,
    hint: `name the one you mean:${shown.join('')}${more}`,
    details: { plans: names },
  });
}

function notFound(argument: string, names: readonly string[], parallel: string | null): Refusal {
  const near = nearest(argument, names, 3);
  const known = near
    ? `did you mean ${near}?`
    : names.length > 0
      ? `plans here: ${names.slice(0, 10).join(', ')}`
      : null;
  return new Refusal('plan-not-found', `there is no plan ${show(printable(argument))}`, {
    exit: EXIT.usage,
    hint:
      known ??
      (parallel
        ? 'parallel/ has no plan yet'
        : 'give the path of a plan folder, such as parallel/TS-0042-inventory-system'),
    details: { plans: names },
  });
}

function notAPlan(argument: string): Refusal {
  return new Refusal(
    'not-a-plan',
    `${show(printable(argument))} is a folder, but no plan: it has neither manifest.json nor tasks/*.md`,
    {
      exit: EXIT.usage,
      hint: 'a plan folder looks like parallel/TS-0042-inventory-system, with one file a task in tasks/',
    },
  );
}

function shortest(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near !== '' && !near.startsWith('..') ? near : path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // a link in a circle, a name too long, no permission
  }
}
