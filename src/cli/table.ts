import type { CommandModule } from './command.ts';

export interface CommandEntry {
  name: string;
  /** As shown by `copse --help`: `validate [plan]`. */
  usage: string;
  summary: string;
  load(): Promise<CommandModule>;
}

/** All commands, in the order of the help text. Adding one is a line here and a file in `commands/`. */
export const COMMANDS: CommandEntry[] = [
  {
    name: 'validate',
    usage: 'validate [plan]',
    summary: 'check a plan: every finding with file and line, and who owns which file',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'prompts',
    usage: 'prompts [plan]',
    summary: 'write, check or repair the prompts of a plan',
    load: async () => (await import('./commands/prompts.ts')).prompts,
  },
];
