import { expect, it } from 'vitest';
import { claudeDeeds } from './claude-deeds.ts';

const uses = (...tools: [string, Record<string, unknown>][]) =>
  JSON.stringify({
    type: 'assistant',
    message: { content: tools.map(([name, input]) => ({ type: 'tool_use', id: 'x', name, input })) },
  });

it.each<[string, string, string[]]>([
  ['a write', uses(['Write', { file_path: '/a/b.ts', content: 'x' }]), ['/a/b.ts\nx']],
  ['a look', uses(['Read', { file_path: '/a/b.ts' }], ['Grep', { pattern: 'x', path: '/a' }]), []],
  ['a command', uses(['Bash', { command: 'echo x > /a/b.ts', description: 'w' }]), ['echo x > /a/b.ts\nw']],
  ['a command that looks', uses(['Bash', { command: 'cd /a && cat b.ts | head; git -C /a log --oneline' }]), []],
  ['one that looks and one that does', uses(['Bash', { command: 'ls /a && rm /a/b.ts' }]), ['ls /a && rm /a/b.ts']],
  ['what a tool gave', JSON.stringify({ type: 'user', message: { content: '/a/b.ts' } }), []],
  [
    'what was said',
    JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text: '/a/b.ts' }] } }),
    [],
  ],
  ['half a line', '{"type":"assist', []],
  ['nonsense', '{"type":"assistant","message":{"content":[null,{"type":"tool_use"}]}}', ['']],
])('%s', (_, line, deeds) => expect(claudeDeeds(line)).toEqual(deeds));
