import { describe, expect, it } from 'vitest';
import { chooseAgent, fallBack } from './agent-choice.ts';

const known = new Set(['claude', 'codex']);

it.each([
  [{}, {}, { agent: 'claude' }],
  [{ agent: 'codex' }, {}, { agent: 'codex' }],
  [{ agent: 'claude' }, {}, { agent: 'claude' }],
  [{ agent: 'team:reviewer' }, {}, { agent: 'claude', role: 'team:reviewer' }],
  [{ agent: 'Codex' }, {}, { agent: 'claude', role: 'Codex' }],
  [{ model: 'haiku' }, {}, { agent: 'claude', model: 'haiku' }],
  [{ model: 'haiku' }, { model: 'opus' }, { agent: 'claude', model: 'opus' }],
  [{ agent: 'codex', model: 'o3' }, { model: 'opus' }, { agent: 'codex', model: 'o3' }],
  [{ agent: 'codex' }, { model: 'opus' }, { agent: 'codex' }],
  [{ agent: 'claude' }, { model: 'opus' }, { agent: 'claude', model: 'opus' }],
])('a task with %j in a run of claude with %j is done by %j', (task, run, choice) => {
  expect(chooseAgent(task, { agent: 'claude', ...run }, known)).toEqual(choice);
});

describe('an agent whose account is limited', () => {
  const next: Record<string, string> = { claude: 'second', second: 'codex', codex: 'claude' };
  const choice = { agent: 'claude', role: 'team:reviewer', model: 'opus' };
  const chosen = (...limited: string[]) =>
    fallBack(
      choice,
      (agent) => next[agent],
      (agent) => limited.includes(agent),
    );

  it('is replaced by the first of its line that is free, without its model and role', () => {
    expect(chosen()).toBe(choice);
    expect(chosen('codex')).toBe(choice);
    expect(chosen('claude')).toEqual({ agent: 'second' });
    expect(chosen('claude', 'second')).toEqual({ agent: 'codex' });
  });

  it('waits itself when all are limited, or nobody takes over', () => {
    expect(chosen('claude', 'second', 'codex')).toBe(choice);
    expect(
      fallBack(
        choice,
        () => undefined,
        () => true,
      ),
    ).toBe(choice);
  });
});
