import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Diagnostic, Plan, PlanOptions, PlanSource, Task } from '../../src/plan/plan.ts';

/** A plan folder from texts; the name is that of the documents' example. */
export function planSource(files: Record<string, string>, rest: Partial<PlanSource> = {}): PlanSource {
  return { name: 'TS-0042-inventory-system', files: new Map(Object.entries(files)), ...rest };
}

/** A folder below `src/plan/fixtures/`. */
export function fixture(name: string): PlanSource {
  const root = join(import.meta.dirname, '../../src/plan/fixtures', name);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return planSource(Object.fromEntries(paths.map((path) => [relative(root, path), readFileSync(path, 'utf8')])));
}

/** The plan of a source that has no errors; fails with its diagnostics otherwise. */
export function planOf(source: PlanSource, options?: PlanOptions): Plan {
  const result = parsePlan(source, options);
  if (!result.ok) throw new Error(`the plan is not valid:\n${said(result.diagnostics).join('\n')}`);
  return result.plan;
}

/** Diagnostics as lines: `warning no-boundary tasks/a.md:1:1 task-001 has no BOUNDARY`. */
export function said(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(
    ({ level, code, file, line, column, message }) => `${level} ${code} ${file}:${line}:${column} ${message}`,
  );
}

/** Diagnostics without their words: `warning no-boundary tasks/a.md:1:1`. */
export function codes(source: PlanSource, options?: PlanOptions): string[] {
  return said(parsePlan(source, options).diagnostics).map((line) => line.split(' ', 3).join(' '));
}

/** The task of an id; fails when the plan has none. */
export function taskIn(plan: Plan | null, id: string): Task {
  const task = plan?.tasks.find((each) => each.id === id);
  if (!task) throw new Error(`no task ${id} in ${plan?.tasks.map((each) => each.id).join(', ')}`);
  return task;
}

interface TaskParts {
  wave?: number | string;
  deps?: string;
  /** More front matter, a line each. */
  more?: string;
  scope?: string;
}

/** A task file in the documented form, without anything to complain about. */
export function taskFile(id: string, { wave = 1, deps = '', more = '', scope = '' }: TaskParts = {}): string {
  const lines = scope === '' ? `CREATE: src/${id.replaceAll('/', '_')}.ts\nBOUNDARY: (none)` : scope;
  const front = `id: ${id}\nwave: ${wave}\ndeps: [${deps}]\ncontracts: [contracts/types.ts]\n${more}`.trimEnd();
  return `---\n${front}\n---\n# ${id}: Title of ${id}\n\n## Scope\n${lines}\n\n## Requirements\n- do it\n\n## Checklist\n- [ ] done\n`;
}

/** A plan without a manifest from task files in the documented form. */
export function smallPlan(tasks: Record<string, TaskParts>, more: Record<string, string> = {}): PlanSource {
  const files = Object.entries(tasks).map(([id, parts]) => [`tasks/${id}.md`, taskFile(id, parts)]);
  return planSource({ 'contracts/types.ts': '', ...Object.fromEntries(files), ...more });
}
