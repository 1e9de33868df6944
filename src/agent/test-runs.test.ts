import { describe, expect, it } from 'vitest';
import { createAcpReader } from './acp-reader.ts';
import type { TranscriptReader } from './adapter.ts';
import { createCodexReader } from './codex-reader.ts';
import { createGeminiReader } from './gemini-reader.ts';
import { createOpencodeReader } from './opencode-reader.ts';

/** How each agent's transcript shows a command, and its last words. */
interface Dialect {
  reader(): TranscriptReader;
  runs(command: string): object[];
  says(text: string): object[];
}

const acpUpdate = (sessionUpdate: string, update: object) => ({ type: 'update', update: { sessionUpdate, ...update } });
const DIALECTS: Record<string, Dialect> = {
  codex: {
    reader: () => createCodexReader({ workspace: '/w' }),
    runs: (command) => [
      { type: 'item.completed', item: { id: 'a', type: 'command_execution', command: `/bin/bash -lc '${command}'` } },
    ],
    says: (text) => [{ type: 'item.completed', item: { id: 'z', type: 'agent_message', text } }],
  },
  gemini: {
    reader: () => createGeminiReader({ workspace: '/w' }),
    runs: (command) => [{ type: 'tool_use', tool_name: 'run_shell_command', parameters: { command } }],
    says: (text) => [{ type: 'message', role: 'assistant', content: text }],
  },
  opencode: {
    reader: () => createOpencodeReader({ workspace: '/w' }),
    runs: (command) => [{ type: 'tool_use', part: { tool: 'bash', state: { input: { command } } } }],
    says: (text) => [{ type: 'text', part: { text } }],
  },
  acp: {
    reader: () => createAcpReader({ workspace: '/w', title: 'It' }),
    runs: (command) => [
      acpUpdate('tool_call', { toolCallId: 'a', title: 'Terminal', kind: 'execute' }),
      acpUpdate('tool_call_update', { toolCallId: 'a', rawInput: { command } }),
      acpUpdate('tool_call_update', { toolCallId: 'a', status: 'completed' }),
    ],
    says: (text) => [acpUpdate('agent_message_chunk', { content: { type: 'text', text } })],
  },
};

const CLAIM = JSON.stringify({ task_completed: true, tests_run: 12, summary: 'done' });

function ranTests(reader: TranscriptReader, lines: object[]): boolean | undefined {
  for (const line of lines) reader.line(JSON.stringify(line));
  return reader.verdict(0, null, '').ranTests;
}

describe.each(Object.entries(DIALECTS))('tests that %s counts', (_, { reader, runs, says }) => {
  it.each([
    ['npm test', true],
    ['python -m pytest -q', true],
    ['git add -A && git commit -qm work', false],
  ])('after %s', (command, ran) => expect(ranTests(reader(), [...runs(command), ...says(CLAIM)])).toBe(ran));

  it('with no command at all did not run', () => expect(ranTests(reader(), says(CLAIM))).toBe(false));

  it('are asked for only where they are claimed', () =>
    expect(ranTests(reader(), [...runs('npm test'), ...says('done')])).toBeUndefined());
});

describe('what a transcript does not show', () => {
  it('is not taken for nothing: a call of ACP that tells no command', () => {
    const { reader, runs, says } = DIALECTS.acp!;
    const hidden = acpUpdate('tool_call', { toolCallId: 'b', title: 'Run shell command', kind: 'execute' });
    expect(ranTests(reader(), [hidden, ...runs('ls'), ...says(CLAIM)])).toBeUndefined();
    expect(ranTests(reader(), [hidden, ...runs('npm test'), ...says(CLAIM)])).toBe(true);
  });

  it('is not taken for nothing: another agent that OpenCode sends', () => {
    const { reader, says } = DIALECTS.opencode!;
    const task = { type: 'tool_use', part: { tool: 'task', state: { input: { description: 'look around' } } } };
    expect(ranTests(reader(), [task, ...says(CLAIM)])).toBeUndefined();
  });
});
