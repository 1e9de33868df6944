import type { CommandModule } from '../command.ts';

export const prompts: CommandModule = { define() {}, run: async () => 0 };
