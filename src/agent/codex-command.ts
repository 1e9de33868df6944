import { z } from 'zod';
import type { AgentContext } from './adapter.ts';
import { programSettings } from './program.ts';

/** Settings of Codex as an agent, from the user's config. */
export const codexSettings = programSettings.extend({
  /**
   * `none` (default): all commands run as they are, as with Claude Code; put copse in a container. `workspace-write`: Codex's
   * own sandbox, which lets commands write in the workspace, in what a commit there needs, and in the folder for temporary files.
   */
  sandbox: z.enum(['none', 'workspace-write']).optional(),
});
export type CodexSettings = z.infer<typeof codexSettings>;

/**
 * The arguments behind the program (measured with 0.169.0); the prompt comes on stdin, which has to end.
 * @param gitFolders absolute folders that git writes to when something is committed in the workspace
 */
export function codexArguments(
  settings: CodexSettings,
  context: AgentContext,
  gitFolders: readonly string[],
): string[] {
  const model = context.model ?? settings.model;
  // `--name=value`: a value from a plan that begins with a dash stays a value.
  return [
    'exec',
    '--json',
    ...option('check_for_update_on_startup', false),
    ...option('analytics.enabled', false),
    ...(settings.sandbox === 'workspace-write'
      ? sandboxed(gitFolders)
      : ['--dangerously-bypass-approvals-and-sandbox']),
    ...(model === undefined ? [] : [`--model=${model}`]),
    ...(settings.args ?? []),
    '-',
  ];
}

/** Nobody is there to approve anything: what the sandbox refuses, the model is told. */
function sandboxed(gitFolders: readonly string[]): string[] {
  return [
    '--sandbox=workspace-write',
    ...option('approval_policy', 'never'),
    ...option('sandbox_workspace_write.writable_roots', gitFolders),
  ];
}

/** JSON of these values is TOML as well. */
function option(key: string, value: boolean | string | readonly string[]): string[] {
  return ['-c', `${key}=${JSON.stringify(value)}`];
}
