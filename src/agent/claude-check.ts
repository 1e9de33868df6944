import { randomUUID } from 'node:crypto';
import { exec } from '../process/exec.ts';
import type { AgentCheck } from './adapter.ts';
import { object, parseObject } from './json.ts';
import { lastLine, oneLine } from './text.ts';

/** How to start Claude Code for a question that costs no tokens. */
export interface ClaudeProgram {
  /** Absolute path and first arguments. */
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Why there is none. */
export interface NoProgram {
  missing: string;
}

/** A cold start of the 380 MB binary on a loaded machine takes seconds. */
const PATIENCE_MS = 30_000;

/** Is the binary there, does it answer, is somebody logged in? Asks no model. */
export async function checkClaude(program: ClaudeProgram | NoProgram): Promise<AgentCheck> {
  if ('missing' in program) {
    const hint = 'install it (`npm install -g @anthropic-ai/claude-code`), or set agents.claude.command to its path';
    return { ok: false, message: `Claude Code was not found: ${program.missing}`, hint };
  }
  const path = program.argv[0]!;
  const answer = await ask(program, ['--version']);
  const version = /\d+\.\d+\.\d+\S*/.exec(answer.stdout)?.[0];
  if (answer.exit !== 0 || version === undefined) {
    const said = oneLine(lastLine(answer.stderr) || lastLine(answer.stdout) || answer.how, 300);
    return {
      ok: false,
      message: `\`${path} --version\` gave no version: ${said}`,
      hint: 'set agents.claude.command to a working Claude Code',
    };
  }
  if (knowsAuthStatus(version) && (await isLoggedOut(program))) {
    return {
      ok: false,
      message: `Claude Code ${version} is not logged in`,
      hint: 'run `claude` once and log in, or set ANTHROPIC_API_KEY',
    };
  }
  return { ok: true, version, path };
}

/**
 * The agents that this Claude Code knows, plugins' ones included. A run with an unknown agent ends before any request,
 * and its complaint lists the known ones (measured with 2.1.330); when it does not, none is known.
 * @param probe the arguments for a given unknown name
 */
export async function knownRoles(
  program: ClaudeProgram,
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
async function isLoggedOut(program: ClaudeProgram): Promise<boolean> {
  const answer = await ask(program, ['auth', 'status']);
  return object(parseObject(answer.stdout))?.loggedIn === false;
}

async function ask(program: ClaudeProgram, args: string[], cwd?: string) {
  const [file, ...first] = program.argv;
  const result = await exec(file!, [...first, ...args], {
    env: program.env,
    timeoutMs: PATIENCE_MS,
    maxBytes: 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const how = result.spawnError ?? (result.timedOut ? 'no answer in 30 s' : `exit ${result.exit ?? result.signal}`);
  return { exit: result.exit, stdout: result.stdout.toString('utf8'), stderr: result.stderr.toString('utf8'), how };
}
