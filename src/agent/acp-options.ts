import { z } from 'zod';
import { programSettings } from './program.ts';

/** Settings of an agent that speaks the Agent Client Protocol, from the user's config. */
export const acpSettings = programSettings.extend({
  /** The agent with the arguments that make it speak ACP: `["gemini", "--acp"]`. */
  command: z.union([z.string().min(1), z.array(z.string()).min(1)]),
  /**
   * What it is allowed when it asks. `workspace` (default): everything but changes of files outside of its workspace; `all`;
   * `none`. What it does without asking is its own affair.
   */
  permissions: z.enum(['workspace', 'all', 'none']).optional(),
  /** The session mode to choose, in the agent's own words: `yolo`, `bypassPermissions`. */
  mode: z.string().min(1).optional(),
  /** How to log in, in the agent's own words: `gemini-api-key`. */
  auth: z.string().min(1).optional(),
});
export type AcpSettings = z.infer<typeof acpSettings>;
export type Permissions = NonNullable<AcpSettings['permissions']>;

/** What the client is told, as one argument in JSON. */
export interface AcpOptions {
  argv: string[];
  permissions: Permissions;
  model?: string;
  mode?: string;
  auth?: string;
}
