import { randomUUID } from 'node:crypto';
import type { AgentCheck } from './adapter.ts';
import { object, parseObject } from './json.ts';
import { type AgentProgram, ask, checkVersion, type NoProgram } from './program.ts';

/** Is the binary there, does it answer, is somebody logged in? Asks no model. `name`: of the agent in the config. */
export async function checkClaude(program: AgentProgram | NoProgram, name: string): Promise<AgentCheck> {
  const install = 'npm install -g @anthropic-ai/claude-code';
  const check = await checkVersion(program, { name, title: 'Claude Code', install });
  if (!check.ok || 'missing' in program) return check;
  if (knowsAuthStatus(check.version) && (await isLoggedOut(program))) {
    return {
      ok: false,
      message: `Claude Code ${check.version} is not logged in`,
      hint: 'run `claude` once and log in, or set ANTHROPIC_API_KEY',
    };
  }
  return check;
}

/**
 * The agents that this Claude Code knows, plugins' ones included. A run with an unknown agent ends before any request,
 * and its complaint lists the known ones (measured with 2.1.330); when it does not, none is known.
 * @param probe the arguments for a given unknown name
 */
export async function knownRoles(
  program: AgentProgram,
  cwd: string,
  probe: (unknown: string) => string[],
): Promise<Set<string>> {
  const answer = await ask(program, probe(`copse-probe-${randomUUID()}`), cwd);
  return parseRoles(answer.stderr);
}

/** Names in `--agent 'x' not found. Available agents: claude, Plan, python-experts:django-expert`; else none. */
export function parseRoles(stderr: string): Set<string> {
  const names = /not found\. Available agents:([^\n]*)/.exec(stderr)?.[1] ?? '';
  return new Set(
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
}

/** Older versions would take `auth status` for a prompt. */
function knowsAuthStatus(version: string): boolean {
  const [major, minor, patch] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major! > 2 || (major === 2 && (minor! > 1 || (minor === 1 && patch! >= 79)));
}

/** Only a clear no counts: keys, helpers, Bedrock and the like are all "logged in", and no answer is no reason to refuse. */
async function isLoggedOut(program: AgentProgram): Promise<boolean> {
  const answer = await ask(program, ['auth', 'status']);
  return object(parseObject(answer.stdout))?.loggedIn === false;
}
