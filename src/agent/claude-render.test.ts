import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderClaudeLine } from './claude-render.ts';

const log = (name: string) =>
  readFileSync(join(import.meta.dirname, 'fixtures', `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => renderClaudeLine(line) ?? [])
    .join('\n');

describe('the log of a task', () => {
  it('shows what was said, which tools ran, what they gave, and the end', () => {
    expect(
      log('claude-subagent').replace(/\[Subagent hand-back\][\s\S]*?(?=\n→)/, '…'),
    ).toBe(`● session 8284a1db-1afb-46c2-9320-e24adfa341f6, claude-opus-5-5, Claude Code 2.1.330
→ Agent general-purpose write tests
→ Bash echo sub
← sub
←   <tools-used-before-summary>Bash</tools-used-before-summary>
    
  …
→ Write /home/dev/project/src/b.ts
← File created successfully at: /home/dev/project/src/b.ts (file state is current in your context — no need to Read it back)
All done.

\`\`\`json
{"task_completed": true, "validation_passed": true, "files_created": ["src/b.ts"], "tests_run": 3, "tests_passed": 3, "tests_failed": 0, "summary": "Added b."}
\`\`\`
■ success, 3 turns, 0.7 s, $0.025`);
  });

  it('shows retries and why it failed', () => {
    expect(log('claude-401').split('\n').slice(1)).toEqual([
      '… retry 1/2 after 401, in 0.6 s',
      '… retry 2/2 after 401, in 1.0 s',
      'Invalid API key · Fix external API key',
      '■ error, 1 turns, 2.1 s, $0: Invalid API key · Fix external API key',
    ]);
    expect(log('claude-max-turns').split('\n').at(-1)).toMatch(
      /^■ error_max_turns, 3 turns, .*: Reached maximum number of turns \(2\)$/,
    );
    expect(log('claude-permission-denied')).toContain(
      '✗ Bash denied: This command requires approval\n✗ This command requires approval',
    );
  });

  it('shortens what a tool gave', () => {
    const content = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const line = JSON.stringify({ type: 'user', message: { content: [{ type: 'tool_result', content }] } });
    expect(renderClaudeLine(line)!.split('\n')).toEqual([
      '← line 0',
      ...Array.from({ length: 11 }, (_, index) => `  line ${index + 1}`),
      '  … 28 more lines',
    ]);
  });

  it('keeps lines that are not JSON and leaves out events that say nothing', () => {
    expect(renderClaudeLine('npm warn \u001b[33mold\u001b[0m')).toBe('npm warn old');
    expect(renderClaudeLine('')).toBeNull();
    expect(renderClaudeLine('{"type":"system","subtype":"task_progress"}')).toBeNull();
    expect(renderClaudeLine('{"type":"rate_limit_event"}')).toBeNull();
  });
});
