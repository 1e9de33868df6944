import type { Scratch } from './repository.ts';

/** A task of a scratch plan; `does` goes into its requirements, and so into its prompt. */
export interface ScratchTask {
  id: string;
  wave?: number;
  deps?: string[];
  create?: string[];
  modify?: string[];
  boundary?: string[];
  agent?: string;
  contracts?: string[];
  does?: string;
  /** Markdown. */
  checklist?: string;
}

export interface ScratchPlan {
  name?: string;
  tasks: ScratchTask[];
  /** Texts of contract files, by their names in `contracts/`. */
  contracts?: Record<string, string>;
  /** Shell commands, by wave. */
  validation?: Record<number, string>;
  /** Text of copse.config.json. */
  config?: unknown;
  /** Further keys of the manifest. */
  manifest?: Record<string, unknown>;
}

/** Writes a plan folder `parallel/<name>` and commits it; gives the plan's name. */
export function scratchPlan(scratch: Scratch, plan: ScratchPlan): string {
  const name = plan.name ?? 'TS-0001-scratch';
  const files: Record<string, string> = { [`parallel/${name}/context.md`]: '# Context\n\nA scratch project.\n' };
  for (const task of plan.tasks) files[`parallel/${name}/tasks/${task.id}.md`] = taskFile(task);
  for (const [path, text] of Object.entries(plan.contracts ?? {})) files[`parallel/${name}/contracts/${path}`] = text;
  const waves = [...new Set(plan.tasks.map((task) => task.wave ?? 1))].sort((a, b) => a - b);
  const manifest = {
    tech_spec_id: name,
    name: `Plan ${name}`,
    waves: waves.map((number) => ({
      number,
      tasks: plan.tasks.filter((task) => (task.wave ?? 1) === number).map((task) => ({ id: task.id })),
      ...(plan.validation?.[number] && { validation: plan.validation[number] }),
    })),
    ...plan.manifest,
  };
  files[`parallel/${name}/manifest.json`] = `${JSON.stringify(manifest, null, 2)}\n`;
  if (plan.config !== undefined) files['copse.config.json'] = `${JSON.stringify(plan.config, null, 2)}\n`;
  scratch.commit(`plan ${name}`, files);
  return name;
}

function taskFile(task: ScratchTask): string {
  const list = (items: string[] | undefined) => (items && items.length > 0 ? items.join(', ') : '(none)');
  return `---
id: ${task.id}
wave: ${task.wave ?? 1}
deps: [${(task.deps ?? []).join(', ')}]
blocks: []
${task.contracts ? `contracts: [${task.contracts.join(', ')}]\n` : ''}${task.agent ? `agent: ${task.agent}\n` : ''}---
# ${task.id}: Do ${task.id}

## Scope

CREATE: ${list(task.create)}
MODIFY: ${list(task.modify)}
BOUNDARY: ${list(task.boundary)}

## Requirements

${task.does ?? `- do ${task.id}`}

## Checklist

${task.checklist ?? '- [ ] done'}
`;
}
