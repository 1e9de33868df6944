import { z } from 'zod';
import { findProgram } from '../process/program.ts';
import { plainText } from '../util/plain-text.ts';
import type { AgentAdapter, AgentContext } from './adapter.ts';
import { createCommandReader } from './command-reader.ts';
import { parseTemplate, type Values, valuesOf } from './command-template.ts';
import { withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';
import { envSettings } from './program.ts';

/** Any program as an agent, from the user's config. */
export const commandSettings = z.strictObject({
  /** The program, or an argv template: `['my-agent', '--prompt', '{prompt_file}']`. */
  command: z.union([z.string(), z.array(z.string()).min(1)]),
  /** Further arguments, templates too. */
  args: z.array(z.string()).optional(),
  model: z.string().min(1).optional(),
  env: envSettings.optional(),
});
export type CommandSettings = z.infer<typeof commandSettings>;

/**
 * Any program as an agent: the prompt on stdin and as a file, the task in arguments and `COPSE_…` variables, success by
 * exit status 0. Nothing goes through a shell.
 * @throws Refusal `bad-agent-command` for a template that cannot be filled safely
 */
export function createCommandAdapter(settings: CommandSettings, machine: Machine, name = 'command'): AgentAdapter {
  const words = typeof settings.command === 'string' ? [settings.command] : settings.command;
  const template = parseTemplate(name, [...words, ...(settings.args ?? [])]);

  function find() {
    const env = withOverlay(machine.baseEnv, settings.env ?? {});
    return findProgram(template.program, { cwd: machine.baseDir, env });
  }

  return {
    name,
    command(context) {
      const values = valuesOf(settings.model === undefined ? context : { model: settings.model, ...context });
      const found = find();
      return {
        argv: ['path' in found ? found.path : template.program, ...template.fill(values)],
        env: { ...variables(values), ...settings.env },
        stdin: 'prompt',
      };
    },
    reader: ({ saidAt }: AgentContext) => createCommandReader(saidAt),
    async check() {
      const found = find();
      if ('path' in found) return { ok: true, version: 'unknown', path: found.path };
      const hint = template.program.includes(' ')
        ? `write agents.${name}.command as a list: ["program", "argument"]`
        : `install it, or set agents.${name}.command to the path of an executable file`;
      return { ok: false, message: `agent \`${name}\` was not found: ${found.error.message}`, hint };
    },
    // What a role means is the program's affair, if it takes one at all.
    roles: async (wanted) => new Set(template.uses.has('role') ? wanted.filter((role) => !role.startsWith('-')) : []),
    render: (line) => plainText(line).trimEnd() || null,
  };
}

/** Not `COPSE_ATTEMPT`: that one marks the processes of an attempt. */
function variables(values: Values): Record<string, string | null> {
  return {
    COPSE_PROMPT_FILE: values.prompt_file,
    COPSE_WORKSPACE: values.workspace,
    COPSE_TASK: values.task,
    COPSE_TITLE: values.title,
    COPSE_ATTEMPT_NUMBER: values.attempt,
    COPSE_SESSION: values.session,
    COPSE_MODEL: values.model || null,
    COPSE_ROLE: values.role || null,
  };
}
