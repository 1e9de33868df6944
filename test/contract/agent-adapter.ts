import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentAdapter, AgentContext, AgentEvent, TranscriptReader } from '../../src/agent/adapter.ts';

/** An adapter under test, with what its agent would say and do. */
export interface AgentSubject {
  name: string;
  /** Fresh before each test. */
  adapter(): AgentAdapter | Promise<AgentAdapter>;
  /** The same adapter, set up with a program that is not there. */
  missing(): AgentAdapter;
  /** Transcript of a run that succeeded and ended with exit status 0; its last words hold a claim with this summary. */
  success: { transcript: string; summary: string };
  /** Transcript and exit status of a run that failed. */
  failure: { transcript: string; exit: number };
  /** Cases that this adapter cannot hold, each with its reason. */
  skip?: { case: keyof typeof CASES; reason: string }[];
}

const CONTEXT: AgentContext = {
  task: 'task-001',
  title: 'Users',
  attempt: 2,
  workspace: '/tmp/workspaces/task-001',
  promptFile: '/tmp/run/prompt.txt',
  session: 'b3f3f3a0-64a5-4f7e-9f0a-7a35b9c2f5d1',
};

/** Linux refuses a longer argument, and spawn then throws. */
const MAX_ARGUMENT = 128 * 1024;

const CASES = {
  'a command line is a program and arguments that spawn takes, whatever the task is called': async (subject) => {
    const adapter = await subject.adapter();
    const takes = (title: string, task: string) => {
      const { argv, env } = adapter.command({ ...CONTEXT, title, task });
      expect(argv[0]).not.toBe('');
      for (const word of [...argv, ...Object.values(env).filter((value) => value !== null)]) {
        expect(word).not.toContain('\0');
        expect(Buffer.byteLength(word)).toBeLessThan(MAX_ARGUMENT);
      }
    };
    takes('🌳'.repeat(200_000), 'task-001');
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (title, task) => takes(title, task.replaceAll('\0', ''))),
      { numRuns: 30 },
    );
  },
  'a command line is the same for the same attempt': async (subject) => {
    const adapter = await subject.adapter();
    expect(adapter.command(CONTEXT)).toEqual(adapter.command({ ...CONTEXT }));
  },
  'a command line is another one for another session or task': async (subject) => {
    const adapter = await subject.adapter();
    expect(adapter.command(CONTEXT)).not.toEqual(adapter.command({ ...CONTEXT, session: 'other', task: 'task-002' }));
  },
  'a model is passed on': async (subject) => {
    const { argv, env } = (await subject.adapter()).command({ ...CONTEXT, model: 'model-x' });
    expect([...argv, ...Object.values(env)].join('\n')).toContain('model-x');
  },
  'a role is passed on': async (subject) => {
    const { argv, env } = (await subject.adapter()).command({ ...CONTEXT, role: 'pack:role-x' });
    expect([...argv, ...Object.values(env)].join('\n')).toContain('pack:role-x');
  },
  'a successful run is a success with its claim': async (subject) => {
    const reader = (await subject.adapter()).reader(CONTEXT);
    feed(reader, subject.success.transcript);
    const { outcome, claim, message } = reader.verdict(0, null, '');
    expect(outcome).toBe('success');
    expect(claim?.summary).toBe(subject.success.summary);
    expect(message).toBe(subject.success.summary);
  },
  'a failed run is no success': async (subject) => {
    const reader = (await subject.adapter()).reader(CONTEXT);
    feed(reader, subject.failure.transcript);
    expect(reader.verdict(subject.failure.exit, null, '').outcome).not.toBe('success');
  },
  'an agent that never said anything and was killed is no success': async (subject) => {
    const reader = (await subject.adapter()).reader(CONTEXT);
    for (const [exit, signal] of [
      [1, null],
      [137, null],
      [null, 'SIGKILL'],
      [null, null],
      [127, null],
    ] as const) {
      expect(reader.verdict(exit, signal, '').outcome).not.toBe('success');
    }
  },
  'readers of two attempts know nothing of each other': async (subject) => {
    const adapter = await subject.adapter();
    const [one, two] = [adapter.reader(CONTEXT), adapter.reader(CONTEXT)];
    feed(one, subject.success.transcript);
    feed(two, subject.failure.transcript);
    const alone = adapter.reader(CONTEXT);
    feed(alone, subject.failure.transcript);
    expect(two.verdict(subject.failure.exit, null, '')).toEqual(alone.verdict(subject.failure.exit, null, ''));
  },
  'a verdict can be asked at any moment and changes nothing': async (subject) => {
    const adapter = await subject.adapter();
    const [asked, quiet] = [adapter.reader(CONTEXT), adapter.reader(CONTEXT)];
    for (const line of subject.success.transcript.split('\n')) {
      expect(asked.line(line)).toEqual(quiet.line(line));
      asked.verdict(null, 'SIGTERM', 'x');
    }
    expect(asked.verdict(0, null, '')).toEqual(quiet.verdict(0, null, ''));
  },
  'any lines and any ending are read without a throw, into events that fit': async (subject) => {
    const adapter = await subject.adapter();
    const known = [subject.success, subject.failure].flatMap(({ transcript }) => transcript.split('\n'));
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom(...known));
    fc.assert(
      fc.property(
        fc.array(line),
        fc.option(fc.integer()),
        fc.option(fc.string()),
        fc.string(),
        (lines, exit, signal, stderr) => {
          const reader = adapter.reader(CONTEXT);
          const events = lines.flatMap((text) => reader.line(text));
          events.forEach(checkEvent);
          const verdict = reader.verdict(exit, signal, stderr);
          expect(verdict.message).toMatch(/^[^\n]{1,400}$/);
          for (const count of Object.values(verdict.tokens)) expect(count).toBeGreaterThanOrEqual(0);
          expect(verdict.cost.usd === null).toBe(verdict.cost.source === 'unknown');
        },
      ),
    );
  },
  'usage only grows': async (subject) => {
    const events = feed((await subject.adapter()).reader(CONTEXT), subject.success.transcript);
    const inputs = events.flatMap((event) => (event.type === 'usage' ? [event.tokens.input] : []));
    expect(inputs).toEqual([...inputs].sort((a, b) => a - b));
  },
  'a transcript is rendered without escape sequences': async (subject) => {
    const adapter = await subject.adapter();
    const text = subject.success.transcript
      .split('\n')
      .map((line) => adapter.render(line))
      .filter(Boolean)
      .join('\n');
    expect(text).toContain(subject.success.summary);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        expect(adapter.render(`\u001b[2J\u001b]0;title\u0007${line}`) ?? '').not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f]/,
        );
      }),
    );
  },
  'a missing program is said by its check, and roles are then none': async (subject) => {
    const missing = subject.missing();
    const check = await missing.check();
    expect(check).toMatchObject({
      ok: false,
      message: expect.stringMatching(/not found/),
      hint: expect.stringMatching(/./),
    });
    expect(missing.command(CONTEXT).argv[0]).not.toBe('');
  },
  'a program that is there passes its check': async (subject) => {
    const check = await (await subject.adapter()).check();
    expect(check).toMatchObject({ ok: true, path: expect.stringMatching(/^\//) });
  },
  'only roles that were asked for are known': async (subject) => {
    const { roles } = await subject.adapter();
    const wanted = ['copse-no-such-role', '-x'];
    for (const role of (await roles?.(wanted, process.cwd())) ?? []) expect(wanted).toContain(role);
    expect(await roles?.([], process.cwd())).toEqual(roles && new Set());
  },
} satisfies Record<string, (subject: AgentSubject) => Promise<void>>;

/** What every agent adapter must hold; run it with one subject an adapter. */
export function describeAgentAdapter(subject: AgentSubject): void {
  describe(`${subject.name} holds the contract of agent adapters`, () => {
    for (const [name, check] of Object.entries(CASES)) {
      const skipped = subject.skip?.find((each) => each.case === name);
      if (skipped) it.skip(`${name} (${skipped.reason})`, () => {});
      else it(name, () => check(subject));
    }
  });
}

function feed(reader: TranscriptReader, transcript: string): AgentEvent[] {
  return transcript.split('\n').flatMap((line) => reader.line(line));
}

function checkEvent(event: AgentEvent): void {
  if (event.type !== 'activity') return;
  expect(event.activity.summary).toMatch(/^[^\n\u0000-\u001f\u007f]{1,200}$/);
}
