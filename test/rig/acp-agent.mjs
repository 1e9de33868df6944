// A small agent that speaks ACP: it does what the JSON list in its prompt says, a step after the other.
import { execFileSync } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';

const { methods } = acp;
const sessions = new Map();
const behaviour = process.argv[2];
if (behaviour === 'dies') process.exit(7);
if (behaviour === 'babbles') process.stdout.write('not a line of JSON\n');

const models = {
  id: 'model',
  name: 'Model',
  category: 'model',
  type: 'select',
  currentValue: 'small',
  options: [
    { value: 'small', name: 'Small' },
    { value: 'large', name: 'Large' },
  ],
};

acp
  .agent({ name: 'scripted' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: acp.PROTOCOL_VERSION,
    agentInfo: { name: 'scripted', version: '1.2.3' },
    agentCapabilities: {},
    authMethods: [{ id: 'key', name: 'Key' }],
  }))
  .onRequest(methods.agent.authenticate, ({ params }) => {
    if (params.methodId !== 'key') throw new acp.RequestError(-32000, 'Authentication required');
    return {};
  })
  .onRequest(methods.agent.session.new, () => {
    if (behaviour === 'locked') throw new acp.RequestError(-32000, 'Authentication required');
    sessions.set('s-1', { model: 'small', mode: 'ask', cancelled: false });
    return { sessionId: 's-1', ...(behaviour !== 'no-models' && { configOptions: [models] }) };
  })
  .onRequest(methods.agent.session.setConfigOption, ({ params }) => {
    sessions.get(params.sessionId).model = params.value;
    return { configOptions: [{ ...models, currentValue: params.value }] };
  })
  .onRequest(methods.agent.session.setMode, ({ params }) => {
    sessions.get(params.sessionId).mode = params.modeId;
    return {};
  })
  .onNotification(methods.agent.session.cancel, ({ params }) => {
    const session = sessions.get(params.sessionId);
    session.cancelled = true;
    session.wake?.();
  })
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const session = sessions.get(params.sessionId);
    const update = (value) =>
      client.notify(methods.client.session.update, { sessionId: params.sessionId, update: value });
    for (const step of stepsOf(params.prompt[0].text)) {
      const stop = await perform(step, { session, update, client, sessionId: params.sessionId });
      if (stop) return stop;
      if (session.cancelled) return { stopReason: 'cancelled' };
    }
    return { stopReason: 'end_turn', usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 } };
  })
  .connect(acp.ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));

function stepsOf(prompt) {
  return JSON.parse(/<<ACP>>(.*)<<\/ACP>>/s.exec(prompt)?.[1] ?? '[]');
}

async function perform(step, { session, update, client, sessionId }) {
  if (step.say !== undefined) {
    // By the word, as real agents do.
    for (const text of step.say.split(/(?<= )/)) {
      await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
    }
  } else if (step.tell === 'settings') {
    const text = `model ${session.model}, mode ${session.mode}`;
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  } else if (step.bash !== undefined) {
    const toolCallId = `call-${Math.random()}`;
    await update({ sessionUpdate: 'tool_call', toolCallId, title: step.bash, kind: 'execute', status: 'in_progress' });
    const text = execFileSync('bash', ['-c', step.bash], { encoding: 'utf8' });
    const content = [{ type: 'content', content: { type: 'text', text } }];
    await update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed', content });
  } else if (step.ask !== undefined) {
    const toolCall = {
      toolCallId: `ask-${Math.random()}`,
      title: `Edit ${step.ask.path}`,
      kind: step.ask.kind ?? 'edit',
      locations: [{ path: step.ask.path }],
    };
    const options = [
      { optionId: 'always', name: 'Always', kind: 'allow_always' },
      { optionId: 'once', name: 'Once', kind: 'allow_once' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ];
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId,
      toolCall,
      options,
    });
    const text = `${step.ask.path}: ${outcome.optionId ?? outcome.outcome}\n`;
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
  } else if (step.write !== undefined) {
    const { path, content } = step.write;
    const answer = await client.request(methods.client.fs.writeTextFile, { sessionId, path, content }).then(
      () => 'written',
      (error) => error.message,
    );
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: `${answer}\n` } });
  } else if (step.cost !== undefined) {
    await update({ sessionUpdate: 'usage_update', used: 1, size: 10, cost: { amount: step.cost, currency: 'USD' } });
  } else if (step.wait) {
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'waiting\n' } });
    await new Promise((resolve) => {
      // Keeps the process alive; a deaf one never hears of a cancellation.
      const timer = setInterval(() => {}, 1000);
      if (behaviour === 'deaf') return process.on('SIGTERM', () => {});
      session.wake = () => {
        clearInterval(timer);
        resolve();
      };
    });
  } else if (step.fail !== undefined) {
    throw new acp.RequestError(step.fail.code, step.fail.message, step.fail.data);
  } else if (step.exit !== undefined) {
    process.exit(step.exit);
  } else if (step.stop !== undefined) {
    return { stopReason: step.stop };
  }
  return null;
}
