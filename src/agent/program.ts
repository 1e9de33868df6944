import { z } from 'zod';
import { exec } from '../process/exec.ts';
import { findProgram } from '../process/program.ts';
import type { AgentCheck } from './adapter.ts';
import { type Overlay, withOverlay } from './environment.ts';
import type { Machine } from './machine.ts';
import { lastLine, oneLine } from './text.ts';

/** A program and its arguments; a string is a program without arguments, never a shell line. */
const argv = z.union([z.string().min(1), z.array(z.string()).min(1)]);

/** Variables over the ones that an agent inherits; null removes one. */
export const envSettings = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'),
  z.string().nullable(),
);

/** What every agent program can be told in the user's config. */
export const programSettings = z.strictObject({
  /** Default: its usual name on the PATH. */
  command: argv.optional(),
  model: z.string().min(1).optional(),
  /** Further arguments, after ours: theirs win. */
  args: z.array(z.string()).optional(),
  env: envSettings.optional(),
});
export type ProgramSettings = z.infer<typeof programSettings>;

/** A program that is there, and how to start it for a question that costs no tokens. */
export interface AgentProgram {
  /** Absolute path and first arguments. */
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Why there is none. */
export interface NoProgram {
  missing: string;
}

/** What a program is called and where it comes from, for messages. */
export interface ProgramName {
  /** As in the config: `agents.<name>`. */
  name: string;
  /** `Codex`. */
  title: string;
  /** `npm install -g @openai/codex`. */
  install: string;
}

/** A cold start of a binary of 380 MB on a loaded machine takes seconds. */
const PATIENCE_MS = 30_000;

/** Finds the program of an agent when asked: the PATH may change under a long run. */
export function agentProgram(usual: string, settings: ProgramSettings, machine: Machine, overlay: Overlay) {
  const { command } = settings;
  const [wanted = usual, ...first] = typeof command === 'string' ? [command] : (command ?? []);
  const env = withOverlay(machine.baseEnv, overlay);
  function find(): AgentProgram | NoProgram {
    const found = findProgram(wanted, { cwd: machine.baseDir, env });
    return 'path' in found ? { argv: [found.path, ...first], env } : { missing: found.error.message };
  }
  return {
    env,
    find,
    /** Program and first arguments; the name as written when it is not there. */
    argv(): readonly string[] {
      const found = find();
      return 'argv' in found ? found.argv : [wanted, ...first];
    },
  };
}

/** Is the binary there, does it tell its version? */
export async function checkVersion(program: AgentProgram | NoProgram, names: ProgramName): Promise<AgentCheck> {
  const { name, title, install } = names;
  if ('missing' in program) {
    const hint = `install it (\`${install}\`), or set agents.${name}.command to its path`;
    return { ok: false, message: `${title} was not found: ${program.missing}`, hint };
  }
  const path = program.argv[0]!;
  const answer = await ask(program, ['--version']);
  const version = /\d+\.\d+\.\d+\S*/.exec(answer.stdout)?.[0];
  if (answer.exit === 0 && version !== undefined) return { ok: true, version, path };
  const said = oneLine(lastLine(answer.stderr) || lastLine(answer.stdout) || answer.how, 300);
  return {
    ok: false,
    message: `\`${path} --version\` gave no version: ${said}`,
    hint: `set agents.${name}.command to a working ${title}`,
  };
}

/** For programs of which no question is known that they all answer. */
export function checkFound(program: AgentProgram | NoProgram, name: string): AgentCheck {
  if ('argv' in program) return { ok: true, version: 'unknown', path: program.argv[0]! };
  const hint = `install it, or set agents.${name}.command to the path of an executable file`;
  return { ok: false, message: `agent \`${name}\` was not found: ${program.missing}`, hint };
}

/** Runs the program with these arguments; never throws. `how` it ended, for a message. */
export async function ask(program: AgentProgram, args: string[], cwd?: string) {
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
