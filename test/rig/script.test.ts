import { describe, expect, it } from 'vitest';
import { type Message, positionIn, resolving, type Step, script, stepAt } from './script.ts';

const user = (content: string): Message => ({ role: 'user', content });
const assistant: Message = { role: 'assistant', content: 'x' };
const tool: Message = { role: 'tool', content: 'result <<SCRIPT>>[{"say":"of a file"}]<</SCRIPT>>' };

const steps: Step[] = [{ status: 529, times: 2 }, { bash: 'a' }, { status: 500, times: 1 }, { say: '<b> <</SCRIPT>>' }];
const at = (messages: Message[], failed: number[] = []) =>
  stepAt(positionIn(messages)!, (index) => failed[index] ?? 0)?.index;

describe('a script in a prompt', () => {
  it('is one line, and nothing in it ends it', () => {
    expect(script(steps)).not.toMatch(/\n|<b>/);
    expect(positionIn([user(`# T\n\n${script(steps)}\nmore`)])).toEqual({ steps, turns: 0 });
  });

  it('is the last one of the last user message that carries any; what tools give does not count', () => {
    const old = script([{ say: 'old' }]);
    const messages = [
      user(old),
      assistant,
      user(`${old} again: ${script([{ say: 'new' }])}`),
      assistant,
      tool,
      user('go on'),
    ];
    expect(positionIn(messages)).toEqual({ steps: [{ say: 'new' }], turns: 1 });
    expect(positionIn([{ role: 'user', content: [{ type: 'text', text: old }] }])?.steps).toEqual([{ say: 'old' }]);
    expect(positionIn([user('hello')])).toBeNull();
  });

  it('is that of who resolves a conflict in a prompt for that alone', () => {
    const both = `${script([{ say: 'task' }])} ${resolving([{ say: 'resolved' }])} ${script([{ say: 'other' }])}`;
    expect(positionIn([user(both)])?.steps).toEqual([{ say: 'other' }]);
    expect(positionIn([user(`RESOLVE A CONFLICT: T\n${both}`)])?.steps).toEqual([{ say: 'resolved' }]);
  });

  it('goes on with each turn of the model, whose failures take none', () => {
    const first = [user(script(steps))];
    expect(at(first)).toBe(0);
    expect(at(first, [1])).toBe(0);
    expect(at(first, [2])).toBe(1);
    const second = [...first, assistant, assistant, tool];
    expect(at(second)).toBe(2);
    expect(at(second, [0, 0, 1])).toBe(3);
    expect(at([...second, assistant, user('more')], [0, 0, 1])).toBe(3);
  });

  it('fails for ever without a number of times', () => {
    const messages = [user(script([{ bash: 'a' }, { status: 401 }])), assistant, tool];
    expect(at(messages, [0, 99])).toBe(1);
  });
});
