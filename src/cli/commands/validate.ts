import type { CommandModule } from '../command.ts';

export const validate: CommandModule = { define() {}, run: async () => 0 };
