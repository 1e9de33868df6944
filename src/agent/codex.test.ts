import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fed, recorded } from '../../test/rig/transcript.ts';
import { createCodexAdapter } from './codex.ts';
import { codexArguments } from './codex-command.ts';
import { createCodexReader } from './codex-reader.ts';
import { renderCodexLine } from './codex-render.ts';

// Transcripts recorded from Codex 0.169.0.

const WORKSPACE = '/home/dev/project';
const context = { task: 't', title: 'T', attempt: 1, workspace: WORKSPACE, promptFile: '/p', session: 's' };
const read = (text: string, exit: number | null, signal: string | null = null, stderr = '') =>
  fed(createCodexReader({ workspace: WORKSPACE }), text, { exit, signal, stderr });

const NO_COST = { usd: null, source: 'unknown' };
const failed = (message: string) =>
  `{"type":"thread.started","thread_id":"x"}\n{"type":"turn.failed","error":${JSON.stringify({ message })}}`;

describe('a transcript of Codex', () => {
  it('that ends with its turn is a success', () => {
    const reading = read(recorded('codex-success'), 0);
    expect(reading.verdict).toEqual({
      outcome: 'success',
      message: 'Added hello.',
      claim: { task_completed: true, tests_run: 2, summary: 'Added hello.' },
      ranTests: false,
      tokens: { input: 4000, output: 200, cacheRead: 0, cacheWrite: 0 },
      cost: NO_COST,
    });
    expect(reading.events[0]).toEqual({ type: 'session', id: '01a2171e-65f0-7f53-af9c-6ecf1cab6b65' });
    expect(reading.activities).toEqual([
      'I will write the file.',
      'Bash echo hello > hello.txt',
      'Bash git add -A && git commit -qm hello && git log --format=%s',
      'Bash exit 3',
      expect.stringMatching(/^All done\. ```json/),
    ]);
    expect(reading.finishes).toBe(1);
  });

  it('that was ended after its turn is a success all the same', () => {
    expect(read(recorded('codex-success'), null, 'SIGTERM').verdict.outcome).toBe('success');
  });

  it.each([
    ['codex-429', 'rate-limited', /^Rate limited \(429\)/],
    ['codex-401', 'auth', /\(401\): run `codex login`.*bad key/],
  ])('%s is %s', (name, outcome, message) => {
    const reading = read(recorded(name), 1);
    expect(reading.verdict).toMatchObject({ outcome, message: expect.stringMatching(message) });
    expect(reading.activities).toEqual([expect.stringMatching(/^Reconnecting\.\.\. 1\/1/)]);
    expect(reading.finishes).toBe(1);
  });

  it('without a network is over after six waits, since Codex would never end', () => {
    const five = recorded('codex-network-refused').trimEnd();
    expect(read(five, null).finishes).toBe(0);
    const reading = read(`${five}\n${five.split('\n').at(-1)}`, null, 'SIGTERM');
    expect(reading.finishes).toBe(1);
    expect(reading.verdict).toMatchObject({
      outcome: 'network',
      message: expect.stringContaining('waiting for network'),
    });
    const message = '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"back"}}';
    expect(read(`${five}\n${message}\n${five}`, null).finishes).toBe(0);
  });

  it.each([
    ['unexpected status 403 Forbidden: no', 'auth'],
    ['unexpected status 500 x', 'overloaded'],
    ['Missing environment variable: `OPENAI_API_KEY`.', 'auth'],
    ["You've hit your usage limit. Try again at 5 PM.", 'rate-limited'],
    ['We’re currently experiencing high demand, which may cause temporary errors.', 'overloaded'],
    ['stream disconnected before completion: error sending request', 'network'],
    ['{"error":{"message":"bad"}}', 'agent-error'],
  ])('that fails with %j is %s', (message, outcome) => {
    const { verdict } = read(failed(message), 1);
    expect(verdict).toMatchObject({ outcome, message: expect.stringContaining(message.slice(0, 20)) });
  });

  it.each([
    ['', 2, null, "error: unexpected argument '--bad' found", 'agent-error', 'ended before it began (exit 2)'],
    ['', 127, null, '', 'agent-error', 'run `copse doctor`'],
    ['{"type":"thread.started","thread_id":"x"}', null, 'SIGTERM', '', 'crashed', 'ended by SIGTERM'],
    ['{"type":"thread.started","thread_id":"x"}', 1, null, 'panic', 'crashed', '(exit 1): panic'],
    ['{"type":"thread.started","thread_id":"x"}', 130, null, '', 'cancelled', 'interrupted'],
    ['', null, null, '', 'lost', 'not known'],
    ['', 0, null, '', 'crashed', 'without a result'],
  ])('%j with exit %s, signal %s, stderr %j is %s', (text, exit, signal, stderr, outcome, message) => {
    expect(read(text, exit, signal, stderr).verdict).toMatchObject({
      outcome,
      message: expect.stringContaining(message),
    });
  });

  it('counts cached tokens once, and shows edits, searches and other tools', () => {
    const item = (type: string, more: object) =>
      `${JSON.stringify({ type: 'item.completed', item: { id: type, type, ...more } })}\n`;
    const usage = { input_tokens: 100, cached_input_tokens: 80, cache_write_input_tokens: 3, output_tokens: 7 };
    const { activities, verdict } = read(
      item('file_change', {
        changes: [
          { path: `${WORKSPACE}/a.ts`, kind: 'add' },
          { path: '/etc/x', kind: 'update' },
        ],
      }) +
        item('web_search', { query: 'copse' }) +
        item('mcp_tool_call', { server: 'db', tool: 'query' }) +
        item('todo_list', { items: [] }) +
        JSON.stringify({ type: 'turn.completed', usage }),
      0,
    );
    expect(activities).toEqual(['Edit a.ts, /etc/x', 'WebSearch copse', 'db query']);
    expect(verdict.tokens).toEqual({ input: 20, output: 7, cacheRead: 80, cacheWrite: 3 });
  });

  it('reads as a log', () => {
    const log = recorded('codex-success')
      .trimEnd()
      .split('\n')
      .flatMap((line) => renderCodexLine(line) ?? []);
    expect(log.join('\n')).toBe(`● thread 01a2171e-65f0-7f53-af9c-6ecf1cab6b65, Codex
· Model metadata for \`gpt-5.1-codex\` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.
I will write the file.
→ Bash echo hello > hello.txt
→ Bash git add -A && git commit -qm hello && git log --format=%s
← hello
→ Bash exit 3
All done.
\`\`\`json
{"task_completed": true, "tests_run": 2, "summary": "Added hello."}
\`\`\`
■ success, 4000 tokens in, 200 out`);
  });
});

describe('the command line of Codex', () => {
  it('is the one that was measured to work', () => {
    expect(codexArguments({}, context, [])).toEqual([
      'exec',
      '--json',
      '-c',
      'check_for_update_on_startup=false',
      '-c',
      'analytics.enabled=false',
      '--dangerously-bypass-approvals-and-sandbox',
      '-',
    ]);
  });

  it('carries every setting, the task before the config, further arguments before the prompt', () => {
    const settings = { model: 'o3', args: ['-c', 'x=1'] };
    expect(codexArguments(settings, { ...context, model: '-m' }, []).slice(-4)).toEqual([
      '--model=-m',
      '-c',
      'x=1',
      '-',
    ]);
    expect(codexArguments(settings, context, [])).toContain('--model=o3');
  });

  it('in a sandbox lets git commit in a linked worktree', () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-codex-')));
    const workspace = join(root, 'w "x"');
    const gitDir = join(root, 'r/.git/worktrees/w');
    mkdirSync(gitDir, { recursive: true });
    mkdirSync(workspace);
    writeFileSync(join(workspace, '.git'), `gitdir: ${gitDir}\n`);
    const machine = { isRoot: false, baseEnv: { PATH: '' }, baseDir: root, acpClient: [], sdkClient: [] };
    const { argv } = createCodexAdapter({ sandbox: 'workspace-write' }, machine).command({ ...context, workspace });
    rmSync(root, { recursive: true });
    expect(argv).toEqual(expect.arrayContaining(['--sandbox=workspace-write', 'approval_policy="never"']));
    const roots = [gitDir, ...['objects', 'refs', 'logs'].map((name) => join(root, 'r/.git', name))];
    expect(argv).toContain(`sandbox_workspace_write.writable_roots=${JSON.stringify(roots)}`);
    expect(argv).not.toContain('--dangerously-bypass-approvals-and-sandbox');
  });
});
