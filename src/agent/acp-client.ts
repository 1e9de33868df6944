import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as acp from '@agentclientprotocol/sdk';
import { type PipedChild, startPiped } from '../process/pipe.ts';
import type { AcpOptions } from './acp-options.ts';
import { isAllowed, optionFor } from './acp-permission.ts';
import { acpTranscript } from './acp-transcript.ts';
import { type Json, list, object } from './json.ts';

/** What the client touches. */
export interface AcpWorld {
  /** Absolute path of the workspace. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  prompt: string;
  /** One line of the transcript. */
  write(line: object): void;
  /** Aborted with the name of the signal that asks us to end. */
  signal: AbortSignal;
}

/** What an agent has to obey a cancellation, and to end by itself. */
const GRACE_MS = 3000;

/** What an answer takes from the pipe of an agent that has ended. */
const ARRIVAL_MS = 500;

const EXIT_OF: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Carries out one prompt with an agent that speaks ACP over its stdio. It stands between copse and that agent, so that to
 * copse every agent is a process that writes lines into a file and lives on without it. Lines: `session`, `update`,
 * `permission`, and in the end one `result` or `error`. Gives the exit status: 0 when the turn ended, 1 when it failed,
 * 127 when there is no such program, 130 and 143 after a signal.
 */
export async function runAcpClient(options: AcpOptions, world: AcpWorld): Promise<number> {
  const child = await startPiped(options.argv, world);
  if ('error' in child) {
    world.write({ type: 'error', code: null, message: `could not be started: ${child.error}` });
    return 127;
  }
  const transcript = acpTranscript(world.write);
  const stream = acp.ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream);
  const work = clientOf(options, world, transcript.update).connectWith(stream, (agent) =>
    converse(agent, options, world),
  );
  const ending = await Promise.race([settled(work, child), gone(child), givenUp(world.signal)]);
  transcript.flush();
  world.write(ending);
  await child.end(GRACE_MS);
  if (world.signal.aborted) return EXIT_OF[String(world.signal.reason)] ?? 143;
  return ending.type === 'result' ? 0 : 1;
}

type Ending = { type: 'result'; [key: string]: unknown } | { type: 'error'; [key: string]: unknown };

async function converse(agent: acp.ClientContext, options: AcpOptions, world: AcpWorld): Promise<Ending> {
  const { methods } = acp;
  const hello = await agent.request(methods.agent.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientInfo: { name: 'copse', version: '1' },
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  });
  if (options.auth !== undefined) await agent.request(methods.agent.authenticate, { methodId: options.auth });
  const session = await agent.request(methods.agent.session.new, { cwd: world.cwd, mcpServers: [] });
  const { sessionId } = session;
  world.write({ type: 'session', id: sessionId, agent: hello.agentInfo ?? null, model: options.model ?? null });
  if (options.mode !== undefined)
    await agent.request(methods.agent.session.setMode, { sessionId, modeId: options.mode });
  if (options.model !== undefined) await chooseModel(agent, session, options.model);
  const cancel = () => void agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => {});
  world.signal.addEventListener('abort', cancel, { once: true });
  if (world.signal.aborted) cancel();
  const answer = await agent.request(methods.agent.session.prompt, {
    sessionId,
    prompt: [{ type: 'text', text: world.prompt }],
  });
  return { type: 'result', ...answer };
}

/** A model is an option of the session, or of an older agent a thing of its own; running another one would cost unasked. */
async function chooseModel(agent: acp.ClientContext, session: acp.NewSessionResponse, model: string): Promise<void> {
  const { sessionId } = session;
  const option = session.configOptions?.find(({ category, type }) => category === 'model' && type === 'select');
  if (option) {
    await agent.request(acp.methods.agent.session.setConfigOption, { sessionId, configId: option.id, value: model });
  } else if ('models' in session && session.models) {
    await agent.request('session/set_model', { sessionId, modelId: model });
  } else {
    throw new acp.RequestError(
      -32602,
      `it lets nobody choose the model ${model}: set it in its own config or arguments`,
    );
  }
}

function clientOf(options: AcpOptions, world: AcpWorld, onUpdate: (update: Json) => void): acp.ClientApp {
  const { methods } = acp;
  const root = realpathSync(world.cwd);
  const isInside = (path: string) => isBelow(root, nearestReal(resolve(root, path)));
  const allowed = (call: Json) => isAllowed(options.permissions, call, isInside);
  const check = (kind: string, path: string) => {
    if (!allowed({ kind, locations: [{ path }] }))
      throw new acp.RequestError(-32602, `${path} is outside the workspace`);
  };
  return (
    acp
      .client({ name: 'copse' })
      .onRequest(methods.client.session.requestPermission, ({ params }) => {
        const call = object(params.toolCall) ?? {};
        const { toolCallId, title, kind, rawInput } = call;
        const may = allowed(call);
        const optionId = optionFor(may, list(params.options));
        world.write({ type: 'permission', toolCallId, title, kind, rawInput, allowed: may });
        return { outcome: optionId === null ? { outcome: 'cancelled' } : { outcome: 'selected', optionId } };
      })
      .onRequest(methods.client.fs.readTextFile, ({ params }) => ({ content: readFileSync(params.path, 'utf8') }))
      // Some agents write their files this way although nobody offered it (opencode, measured).
      .onRequest(methods.client.fs.writeTextFile, ({ params }) => {
        check('edit', params.path);
        mkdirSync(dirname(params.path), { recursive: true });
        writeFileSync(params.path, params.content);
        return {};
      })
      .onNotification(methods.client.session.update, ({ params }) => onUpdate(object(params.update) ?? {}))
  );
}

/** Where a path really leads, as far as it exists: a link may lead out of the workspace. */
function nearestReal(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : resolve(nearestReal(parent), relative(parent, path));
  }
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function settled(work: Promise<Ending>, child: PipedChild): Promise<Ending> {
  return work.catch((error: unknown): Ending | Promise<Ending> => {
    if (!(error instanceof acp.RequestError)) return gone(child); // the connection broke: its exit says more
    const { code, message, data = null } = error;
    return { type: 'error', code, message, data };
  });
}

/** The agent ended in the middle of its turn. What it had said before may still be on its way. */
async function gone(child: PipedChild): Promise<Ending> {
  const { exit, signal } = await child.ended;
  await sleep(ARRIVAL_MS);
  return { type: 'error', code: null, message: `ended (${signal ?? `exit ${exit}`}) before its turn did` };
}

/** After a cancellation that is not obeyed. */
function givenUp(signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const wait = () => void setTimeout(() => resolve({ type: 'result', stopReason: 'cancelled' }), GRACE_MS).unref();
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
}
