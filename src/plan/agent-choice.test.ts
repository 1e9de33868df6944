import { expect, it } from 'vitest';
import { chooseAgent } from './agent-choice.ts';

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
