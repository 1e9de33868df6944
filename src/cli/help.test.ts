import { describe, expect, it } from 'vitest';
import { runCli } from '../../test/rig/cli.ts';
import { helpText } from './help.ts';
import { COMMANDS } from './table.ts';

const tooLong = (text: string) => text.split('\n').filter((line) => [...line].length > 80);

describe('help', () => {
  it('fits 80 columns and names every command', () => {
    const text = helpText(COMMANDS);
    expect(tooLong(text)).toEqual([]);
    for (const { usage, summary } of COMMANDS) {
      expect(text.split('\n')).toContainEqual(
        expect.stringMatching(new RegExp(`^ {2}${literal(usage)} +${literal(summary)}$`)),
      );
    }
  });

  it.each(COMMANDS.map(({ name, usage }) => [name, usage]))('of %s does too', async (name) => {
    const { exit, stdout, stderr } = await runCli([name, '--help'], { cwd: '/', tty: 80 });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: copse ${name} `));
    expect(stdout).toContain('--json');
    expect(tooLong(stdout)).toEqual([]);
    expect((await runCli(['help', name], { cwd: '/', tty: 80 })).stdout).toBe(stdout);
  });
});

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
