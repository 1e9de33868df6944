import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { splitBackground } from '../plan/prompt-background.ts';
import { startApart } from '../process/pipe.ts';
import { CLAIM_SCHEMA } from '../run/claim.ts';
import type { SdkOptions } from './claude-sdk-options.ts';
import { amount, type Json } from './json.ts';

/** What the client touches. */
export interface SdkWorld {
  /** Absolute path of the workspace. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  prompt: string;
  /** One line of the transcript. */
  write(line: object): Promise<void>;
  /** A line on stderr. */
  complain(message: string): void;
  /** Aborted with the name of the signal that asks us to end. */
  signal: AbortSignal;
}

/** The part of the SDK that is used; it is no dependency of ours. */
interface Sdk {
  query(call: {
    prompt: AsyncIterable<object>;
    options: object;
  }): AsyncIterable<Json> & { interrupt(): Promise<unknown> };
}

/** What Claude Code has to obey an interrupt, and to end after its last word. An abort takes two seconds; we have ten in all. */
const GRACE_MS = 7000;

const EXIT_OF: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Carries out one prompt with `query()` of the Claude Agent SDK. Each message of it is a line of the transcript; what it throws
 * is a line on stderr. Asked to end, it interrupts, so that a result with the cost still comes. Gives the exit status: 0 when
 * the result is a success, 1 when not, 127 when the SDK or Claude Code is not there, 130 and 143 after a signal.
 */
export async function runSdkClient(options: SdkOptions, world: SdkWorld): Promise<number> {
  const sdk = await load(options.module);
  if ('missing' in sdk) {
    world.complain(sdk.missing);
    return 127;
  }
  const { result, error } = await converse(sdk, options, world);
  // An error result is given as a message first, and thrown after that; why Claude Code could not begin it has said itself.
  if (error !== null && result === null && !/process exited with code/.test(error.message)) {
    world.complain(error.message);
  }
  if (world.signal.aborted) return EXIT_OF[String(world.signal.reason)] ?? 143;
  if (error instanceof ReferenceError) return 127; // no program at that path
  return result?.subtype === 'success' && result.is_error !== true ? 0 : 1;
}

async function load(module: string): Promise<Sdk | { missing: string }> {
  try {
    const sdk = (await import(pathToFileURL(module).href)) as Partial<Sdk>;
    return typeof sdk.query === 'function' ? (sdk as Sdk) : { missing: `${module} has no query(): it is not the SDK` };
  } catch (error) {
    return { missing: `the Claude Agent SDK could not be loaded: ${(error as Error).message}` };
  }
}

interface Said {
  result: Json | null;
  error: Error | null;
}

async function converse(sdk: Sdk, options: SdkOptions, world: SdkWorld): Promise<Said> {
  const force = new AbortController();
  const over = new AbortController();
  const { background, prompt } = splitBackground(world.prompt);
  const call = sdk.query({
    prompt: once(prompt, over.signal),
    options: {
      ...options.query,
      ...settingsOf(options, world, background),
      abortController: force,
      // It ends as soon as we abort: left to the SDK, it would work on for two seconds.
      spawnClaudeCodeProcess: (wanted: SpawnWanted) => startClaude(options, wanted, force.signal),
    },
  });
  const said: Said = { result: null, error: null };
  let began = false;
  const forceSoon = () => void sleep(GRACE_MS, null, { ref: false }).then(() => force.abort());
  const interrupt = () => void call.interrupt().catch(() => force.abort());
  function cancel(): void {
    if (said.result !== null) return force.abort();
    if (began) interrupt();
    forceSoon();
  }
  world.signal.addEventListener('abort', cancel, { once: true });
  if (world.signal.aborted) cancel();
  try {
    for await (const message of call) {
      await world.write(message);
      if (message.type === 'system' && message.subtype === 'init') {
        if (!began && world.signal.aborted) interrupt(); // before its first word it would have been forgotten (measured)
        began = true;
      }
      if (message.type !== 'result') continue;
      said.result = message;
      if ((amount(message.queued_turn_count) ?? 0) > 0) continue;
      over.abort(); // its stdin ends, and so does it
      forceSoon();
    }
  } catch (error) {
    said.error = error instanceof Error ? error : new Error(String(error));
  }
  return said;
}

/** The prompt as the only message of a conversation that stays open: a closed one cannot be interrupted. */
async function* once(content: string, over: AbortSignal): AsyncGenerator<object> {
  yield { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null };
  if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
}

/** Options of `query()` that are no data, or too long for an argument. */
function settingsOf({ claude, instructions }: SdkOptions, { cwd, env }: SdkWorld, background: string): object {
  const rules = instructions === undefined ? '' : readFileSync(instructions, 'utf8').trim();
  const append = [rules, background && `${BACKGROUND}\n\n${background.trim()}`, FORM].filter(Boolean).join('\n\n');
  return {
    cwd,
    env, // takes the place of ours
    pathToClaudeCodeExecutable: claude[0],
    systemPrompt: { type: 'preset', preset: 'claude_code', append },
    outputFormat: { type: 'json_schema', schema: CLAIM_SCHEMA },
  };
}

/** What the SDK says of the process it wants. */
interface SpawnWanted {
  command: string;
  args: string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
}

function startClaude({ claude, args }: SdkOptions, wanted: SpawnWanted, signal: AbortSignal) {
  const argv = [wanted.command, ...claude.slice(1), ...wanted.args, ...args];
  return startApart(argv, { env: wanted.env, signal, ...(wanted.cwd !== undefined && { cwd: wanted.cwd }) });
}

const BACKGROUND = `# Background of your task

What follows belongs to the plan that your task is part of. The task itself is in the prompt; where the two differ, the prompt wins.`;

const FORM = `# How you end

Where the task asks for a JSON block at the end, give its fields with the StructuredOutput tool instead, once, when everything is done.`;
