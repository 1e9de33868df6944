import { describe, expect, it } from 'vitest';
import { fed, recorded } from '../../test/rig/transcript.ts';
import { isAllowed, optionFor } from './acp-permission.ts';
import { createAcpReader } from './acp-reader.ts';
import { renderAcpLine } from './acp-render.ts';
import { acpTranscript } from './acp-transcript.ts';

const read = (text: string, exit: number | null) =>
  fed(createAcpReader({ workspace: '/home/dev/project', title: 'gemini' }), text, { exit });

describe('a transcript of the ACP client', () => {
  it('with Gemini CLI 0.61.0, which asks before it tells', () => {
    const { verdict, activities } = read(recorded('acp-gemini'), 0);
    expect(verdict).toEqual({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, tests_run: 2, summary: 'Added hello.' },
      ranTests: false,
      tokens: { input: 3000, output: 150, cacheRead: 0, cacheWrite: 0 },
      cost: { usd: null, source: 'unknown' },
    });
    expect(activities.slice(0, 3)).toEqual([
      'Writing to hello.txt',
      'I will write the file.',
      'git add -A && git commit -qm hello && git log --format=%s',
    ]);
    const log = recorded('acp-gemini')
      .split('\n')
      .flatMap((line) => renderAcpLine(line) ?? []);
    expect(log.slice(0, 3)).toEqual([
      '● session e742cdfe-0607-4fb5-8ec9-32bfea2e2e4b, gemini-cli 0.61.0',
      '✓ allowed: Writing to hello.txt',
      'I will write the file.',
    ]);
  });

  const error = (code: number | null, message: string, data: unknown = null) =>
    `{"type":"session","id":"s"}\n${JSON.stringify({ type: 'error', code, message, data })}`;

  it.each([
    [-32603, 'Internal error', { error: { statusCode: 529 } }, 'overloaded'],
    [-32603, 'API Error: 401 {"type":"error"}', null, 'auth'],
    [-32603, "You've hit your session limit · resets 3am", { errorKind: 'rate_limit' }, 'rate-limited'],
    [-32000, 'Authentication required', null, 'auth'],
    [-32603, 'Internal error: invalid x-api-key', { errorName: 'APIError' }, 'auth'],
    [-32603, 'line 500 of the file is odd', null, 'agent-error'],
    [null, 'ended (exit 1) before its turn did', null, 'crashed'],
  ])('whose error is %s %j with %j is %s', (code, message, data, outcome) => {
    expect(read(error(code, message, data), 1).verdict.outcome).toBe(outcome);
  });
});

describe('a permission', () => {
  const inside = (path: string) => path.startsWith('/w/');

  it.each([
    [{ kind: 'execute', title: 'rm -rf /' }, true],
    [{ kind: 'edit', locations: [{ path: '/w/a' }] }, true],
    [{ kind: 'edit', locations: [{ path: '/w/a' }, { path: '/etc/x' }] }, false],
    [{ kind: 'delete', rawInput: { file_path: '/etc/x' } }, false],
    [{ kind: 'edit', content: [{ type: 'diff', path: '/etc/x' }] }, false],
    [{ rawInput: { filePath: '/etc/x' } }, false],
    [{}, true],
  ])('for %j in the workspace is %s', (call, allowed) => {
    expect(isAllowed('workspace', call, inside)).toBe(allowed);
    expect(isAllowed('all', call, inside)).toBe(true);
    expect(isAllowed('none', call, inside)).toBe(false);
  });

  it('is answered for once, and with nothing when nothing fits', () => {
    const options = ['allow_always', 'allow_once', 'reject_always'].map((kind) => ({ kind, optionId: kind }));
    expect(optionFor(true, options)).toBe('allow_once');
    expect(optionFor(true, options.slice(0, 1))).toBe('allow_always');
    expect(optionFor(false, options)).toBe('reject_always');
    expect(optionFor(false, options.slice(0, 2))).toBe(null);
    expect(optionFor(true, [null, 'x', { kind: 'allow_once' }])).toBe(null);
  });
});

it('text comes by the line, whatever pieces it was said in, and before what follows it', () => {
  const written: string[] = [];
  const transcript = acpTranscript((line) => {
    const { update } = line as { update: { sessionUpdate: string; content?: { text: string } } };
    written.push(`${update.sessionUpdate}: ${update.content?.text ?? ''}`);
  });
  const chunk = (text: string, kind = 'agent_message_chunk') =>
    transcript.update({ sessionUpdate: kind, content: { type: 'text', text } });
  for (const piece of ['o', 'ne\ntw', 'o\n\nthree\nfo', 'ur']) chunk(piece);
  chunk('hm', 'agent_thought_chunk');
  transcript.update({ sessionUpdate: 'available_commands_update' });
  transcript.update({ sessionUpdate: 'plan' });
  chunk('end\n');
  transcript.flush();
  expect(written).toEqual([
    'agent_message_chunk: one',
    'agent_message_chunk: two\n\nthree',
    'agent_message_chunk: four',
    'agent_thought_chunk: hm',
    'plan: ',
    'agent_message_chunk: end',
  ]);
});
