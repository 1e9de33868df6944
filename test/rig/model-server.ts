import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Call, type Fail, type Message, positionIn, stepAt, type Turn } from './script.ts';

export { type Call, type Fail, resolving, type Step, script, type Turn } from './script.ts';

/** One request that an agent made. */
export interface ModelRequest {
  /** Milliseconds since the epoch. */
  at: number;
  path: string;
  /** Of the answer. */
  status: number;
  model: string;
  /** The agent's session, when it sends one (Claude Code does). */
  session: string | null;
  tools: string[];
  messages: Message[];
}

/** A model on loopback that speaks the Anthropic, OpenAI and Gemini APIs and does what the script in the prompt says. */
export interface ModelServer {
  /** `http://127.0.0.1:<port>`, for ANTHROPIC_BASE_URL. */
  url: string;
  requests(): ModelRequest[];
  /** Resolves when a request waits at the gate: that agent is now held in the middle of its work. */
  held(gate: string): Promise<void>;
  /** Lets the requests at the gate go on, the later ones too. */
  release(gate: string): void;
  stop(): Promise<void>;
}

/** Starts a server on a free port. Scripts (`script([…])`) travel in the prompts; a prompt without one is answered `ok`. */
export async function startModelServer(): Promise<ModelServer> {
  const { LLMock } = await loadMock();
  const gates = gateKeeper();
  const failures = new Map<string, number>();
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 40, logLevel: 'silent' });

  function current(request: MockRequest) {
    const messages = request.messages ?? [];
    const position = positionIn(messages);
    // An agent that tries again sends the same conversation again: that is what failures are counted by.
    const conversation = createHash('sha1').update(JSON.stringify(messages)).digest('hex');
    const key = (index: number) => {
      const step = position?.steps[index];
      return step && 'status' in step && step.counted ? step.counted : `${conversation} ${index}`;
    };
    const found = position && stepAt(position, (index) => failures.get(key(index)) ?? 0);
    return position && found && { ...found, turn: position.turns, key: key(found.index) };
  }

  async function respond(request: MockRequest): Promise<object> {
    const at = current(request);
    if (at === null) return { content: 'ok', usage: USAGE };
    if ('status' in at.step) {
      failures.set(at.key, (failures.get(at.key) ?? 0) + 1);
      return failure(at.step);
    }
    if (at.step.hold !== undefined) await gates.wait(at.step.hold);
    return answer(at.step, request.tools ?? [], at.turn);
  }

  const isCut = (request: MockRequest) => {
    const step = current(request)?.step;
    return step !== undefined && 'cut' in step;
  };
  mock.on({ predicate: isCut }, respond, { truncateAfterChunks: 4 });
  mock.on({ predicate: () => true }, respond);
  mock.mount('/v1/messages/count_tokens', { handleRequest: countTokens });
  const url = await mock.start();
  return {
    url,
    requests: () => mock.getRequests().map(requestOf),
    held: gates.held,
    release: gates.release,
    async stop() {
      gates.open();
      await mock.stop();
    },
  };
}

const USAGE = { input_tokens: 1000, output_tokens: 50 };

function answer(step: Turn, tools: MockTool[], turn: number): object {
  const usage = step.usage ?? USAGE;
  if ('say' in step) return { content: step.say, usage };
  if ('cut' in step) return { content: step.cut, usage };
  const calls = 'parallel' in step ? step.parallel : [step];
  const toolCalls = calls.map((call, index) => ({
    id: `toolu_${Date.now()}_${turn}_${index}`,
    ...toolCall(call, tools),
  }));
  return { ...(step.text === undefined ? {} : { content: step.text }), toolCalls, usage };
}

function toolCall(call: Call, tools: MockTool[]): { name: string; arguments: string } {
  const names = new Set(tools.map(toolName));
  const pick = (...candidates: string[]) => candidates.find((name) => names.has(name)) ?? candidates[0]!;
  const made = (name: string, args: object) => ({ name, arguments: JSON.stringify(args) });
  if ('tool' in call) return made(call.tool.name, call.tool.args ?? {});
  if ('bash' in call) {
    const name = pick('Bash', 'exec_command', 'shell', 'run_shell_command', 'bash');
    if (name === 'exec_command') return made(name, { cmd: call.bash });
    if (name === 'shell') return made(name, { command: ['bash', '-lc', call.bash] });
    return made(name, { command: call.bash, description: 'scripted command' });
  }
  const { path, content } = call.write;
  const name = pick('Write', 'write_file', 'write');
  return made(name, name === 'write' ? { filePath: path, content } : { file_path: path, content });
}

const ERROR_TYPE: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function failure({ status, message, retryAfter }: Fail): object {
  const error = { type: ERROR_TYPE[status] ?? 'api_error', message: message ?? `scripted ${status}` };
  return { error, status, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** Named places where requests wait until a test lets them go on. */
function gateKeeper() {
  const waiting = new Map<
    string,
    { arrived: () => void; arrival: Promise<void>; open: () => void; opened: Promise<void> }
  >();
  let allOpen = false;
  function gate(name: string) {
    let found = waiting.get(name);
    if (!found) {
      const [arrival, arrived] = deferred();
      const [opened, open] = deferred();
      found = { arrived, arrival, open, opened };
      if (allOpen) open();
      waiting.set(name, found);
    }
    return found;
  }
  return {
    async wait(name: string) {
      gate(name).arrived();
      await gate(name).opened;
    },
    held: (name: string) => gate(name).arrival,
    release: (name: string) => gate(name).open(),
    open() {
      allOpen = true;
      for (const each of waiting.values()) each.open();
    },
  };
}

function deferred(): [Promise<void>, () => void] {
  let settle = () => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return [promise, settle];
}

/** The mock has no such route; agents ask it now and then to see how full their context is. */
async function countTokens(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ input_tokens: Math.ceil(bytes / 4) }));
  return true;
}

function requestOf(entry: MockEntry): ModelRequest {
  return {
    at: entry.timestamp,
    path: entry.path,
    status: entry.response.status,
    model: entry.body?.model ?? '',
    session: entry.headers['x-claude-code-session-id'] ?? null,
    tools: (entry.body?.tools ?? []).map(toolName),
    messages: entry.body?.messages ?? [],
  };
}

const toolName = (tool: MockTool) => tool.function?.name ?? tool.name ?? '';

// The part of @copilotkit/aimock 1.43 that is used here; its own types are there only once test/agents is installed.
interface MockTool {
  name?: string;
  function?: { name?: string };
}
interface MockRequest {
  model?: string;
  messages?: Message[];
  tools?: MockTool[];
}
interface MockEntry {
  timestamp: number;
  path: string;
  headers: Record<string, string>;
  body: MockRequest | null;
  response: { status: number };
}
interface Mock {
  on(
    match: { predicate(request: MockRequest): boolean },
    response: (request: MockRequest) => Promise<object>,
    options?: object,
  ): void;
  mount(path: string, handler: { handleRequest: typeof countTokens }): void;
  start(): Promise<string>;
  stop(): Promise<void>;
  getRequests(): MockEntry[];
}

async function loadMock(): Promise<{ LLMock: new (options: object) => Mock }> {
  const root = agentPackages();
  const entry = createRequire(join(root, 'package.json')).resolve('@copilotkit/aimock');
  return (await import(pathToFileURL(entry).href)) as { LLMock: new (options: object) => Mock };
}

/** The folder of the packages that only tests with real agents need; throws with the command to run when it is empty. */
export function agentPackages(): string {
  const root = join(import.meta.dirname, '../agents');
  if (!existsSync(join(root, 'node_modules/@copilotkit/aimock'))) {
    throw new Error('The real agents are not installed. Run: npm ci --prefix test/agents');
  }
  return root;
}
