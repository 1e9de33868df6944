import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { conflictingPlan } from '../rig/conflicting-plan.ts';
import { journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';

// Two tasks that change the same line, in whole runs: what becomes of the second one.

let scratch: Scratch;
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const copse = (...argv: string[]) => runCli(argv, { cwd: scratch.repo, env: scratch.env });

const promptOf = (attempt: string) =>
  readFileSync(
    join(scratch.repo, '.git/copse/runs', journalOf(scratch)[0]!.run, 'attempts', attempt, 'prompt.txt'),
    'utf8',
  );

describe('tried again', () => {
  it('the agent sees both sides, its own patch, which it can have again, and what the other task says', async () => {
    const name = conflictingPlan(scratch, {
      again: `commit=$(sed -n 's/.*ended with the commit \\([0-9a-f]*\\),.*/\\1/p' "$COPSE_PROMPT_FILE")
git show "$commit:task-002.txt" > task-002.txt
printf 'of task-001\\nof task-002\\n' > shared.txt`,
    });
    const run = await copse('run');
    expect(run.exit, run.stderr).toBe(0);
    expect(scratch.git('show', `copse/${name}:shared.txt`)).toBe('of task-001\nof task-002');
    expect(scratch.git('show', `copse/${name}:task-002.txt`)).toBe('work of task-002');
    const prompt = promptOf('task-002.2');
    expect(prompt).toContain(
      '    <<<<<<< has landed\n    of task-001\n    =======\n    of task-002\n    >>>>>>> the earlier',
    );
    expect(prompt).toContain('task-001: Do task-001');
    expect(prompt).toContain('it says of itself: task-001 wrote its name');
    expect(prompt).toContain('    +work of task-002');
    expect(promptOf('task-002.1')).not.toContain('PREVIOUS ATTEMPT');
  });
});
