import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runCli } from '../rig/cli.ts';
import { reachableText } from '../rig/reachable.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Whatever agents leave behind and whatever commands follow, no byte of it is out of reach.

/** Sequences in the ordinary suite; `COPSE_PROPERTY_RUNS=200` for the figure in docs/reliability.md. */
const RUNS = Number(process.env.COPSE_PROPERTY_RUNS ?? 6);

/** What an agent does next; `$T` begins every word that must not be lost. */
const DEEDS = {
  commit: 'echo "$T-a" > "f-$N"; git add -A; git commit -qm "work $N"',
  stage: 'echo "$T-b" > "s-$N"; git add "s-$N"',
  'stage, then change': 'echo "$T-c" > "s-$N"; git add "s-$N"; echo "$T-d" > "s-$N"',
  'stage, then remove': 'echo "$T-e" > "s-$N"; git add "s-$N"; rm "s-$N"',
  change: 'echo "$T-f" >> core.txt',
  'leave untracked': 'mkdir -p "new-$N"; echo "$T-g" > "new-$N/f"',
  delete: 'git rm -qf core.txt',
  amend: 'echo "$T-h" > "f-$N"; git add -A; git commit -q --amend -m "again $N"',
  'reset away': 'echo "$T-i" > "r-$N"; git add -A; git commit -qm "gone $N"; git reset -q --hard HEAD~1',
  detach: 'git checkout -q --detach',
  'change branches': 'git checkout -q -b "side-$N"',
  'start over': 'git checkout -q --orphan "orphan-$N"; git commit -q --allow-empty -m "start $N"',
  'merge by half': `git checkout -q -f -b "m-$N"; echo "$T-j" > both.txt; git add both.txt; git commit -qm theirs
git checkout -q -f -; echo "$T-k" > both.txt; git add both.txt; git commit -qm ours; git merge -q "m-$N"; git branch -D -q "m-$N"`,
  'rebase by half': `git checkout -q -f -b "b-$N"; echo "$T-l" > both.txt; git add both.txt; git commit -qm theirs
git checkout -q -f -; echo "$T-m" > both.txt; git add both.txt; git commit -qm ours; git rebase -q "b-$N"`,
  stash: 'echo "$T-n" > "stashed-$N"; git stash -q -u',
  'make a repository': `git init -q "nest-$N"; echo "$T-o" > "nest-$N/x"; git -C "nest-$N" add -A
git -C "nest-$N" commit -qm inner; echo "$T-p" > "nest-$N/x"; echo "$T-q" > "nest-$N/y"`,
} as const;
type Deed = keyof typeof DEEDS;

/** Writes down every such word that stands in a file, in the index, or in a commit that HEAD was on. */
const WITNESS = `{ git log --walk-reflogs -p --format= HEAD; git grep --cached -h byte-
git ls-files -z -co --exclude-standard | xargs -0r cat
for n in nest-*; do git -C "$n" log -p --format= --all; (cd "$n" && cat *); done; } 2>/dev/null |
  grep -o 'byte-[a-z0-9-]*' | sort -u >> "$HERE/must-not-be-lost"`;

const ENDS = {
  well: 'touch .claude-task-complete; exit 0',
  badly: 'exit 3',
  /** The test sends a SIGINT as soon as it sees it. */
  never: 'touch "$HERE/held"; exec sleep 1000',
} as const;
type End = keyof typeof ENDS;

interface Attempt {
  deeds: Deed[];
  end: End;
}

const COMMANDS = [
  ['run', '--retries', '1'],
  ['run', '--retry-failed'],
  ['resume'],
  ['clean'],
  ['clean', '--force'],
  ['integrate'],
  ['integrate', '--squash', '--partial'],
  ['integrate', '--rebase', '--partial'],
  ['integrate', '--undo'],
  ['recover', '--all'],
  ['recover', '1', '--to', '../again'],
];

const names = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as K[];
const attempt: fc.Arbitrary<Attempt> = fc.record({
  deeds: fc.array(fc.constantFrom(...names(DEEDS)), { maxLength: 5 }),
  end: fc.oneof({ weight: 3, arbitrary: fc.constantFrom<End>('well', 'badly') }, fc.constant<End>('never')),
});
const scenario = fc.record({
  tasks: fc.array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
  commands: fc.array(fc.constantFrom(...COMMANDS), { minLength: 1, maxLength: 5 }),
});

function scriptOf(attempts: Attempt[], here: string): string {
  const cases = attempts.map(({ deeds, end }, at) => {
    const steps = deeds.map((deed, n) => `N="$1-$$-${n}"; T="byte-$N"\n${DEEDS[deed]}`);
    return `${at + 1})\n${[...steps, WITNESS, ENDS[end]].join('\n')}\n;;`;
  });
  return `set +e\nexec 2>/dev/null\nHERE=${here}\ncase "$2" in\n${cases.join('\n')}\n*) echo "$1" > "$1.txt" ;;\nesac\n`;
}

/** Runs a command; sends it the signal of Ctrl-C when an agent does not come to an end. */
async function copse(scratch: Scratch, argv: string[]): Promise<string> {
  const held = join(scratch.root, 'held');
  const interrupt = new AbortController();
  const look = setInterval(() => existsSync(held) && interrupt.abort('SIGINT'), 20);
  try {
    const { exit, stderr } = await runCli(argv, { cwd: scratch.repo, env: scratch.env, signal: interrupt.signal });
    return `${argv.join(' ')} → ${exit} ${stderr}`;
  } finally {
    clearInterval(look);
    rmSync(held, { force: true });
  }
}

it(`after any sequence of commands every byte that agents left is in reach`, {
  timeout: 60_000 * (1 + RUNS),
}, async () => {
  let words = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ tasks, commands }) => {
      const scratch = scratchRepository({ 'core.txt': 'core\n', '.gitignore': '*.log\n' });
      try {
        const record = join(scratch.root, 'must-not-be-lost');
        writeFileSync(record, '');
        const ids = tasks.map((_, at) => `task-00${at + 1}`);
        const scripts = ids.map((id, at) => [id, scriptOf(tasks[at]!, scratch.root)] as const);
        shellPlan(scratch, { tasks: ids.map((id) => ({ id, create: [`${id}.txt`] })) }, Object.fromEntries(scripts));
        const said: string[] = [];
        for (const argv of [['run', '--retries', '1'], ...commands, ['clean', '--force']]) {
          said.push(await copse(scratch, argv));
        }
        expect(said.join('\n')).not.toMatch(/a bug in copse|unexpected/i);
        expect(existsSync(join(scratch.root, 'workspaces')), said.join('\n')).toBe(false);
        const text = reachableText(scratch);
        words += readFileSync(record, 'utf8').split('\n').length - 1;
        const lost = readFileSync(record, 'utf8')
          .split('\n')
          .filter((word) => word !== '' && !text.includes(word));
        expect(lost, said.join('\n')).toEqual([]);
      } finally {
        scratch.remove();
      }
    }),
    { numRuns: RUNS, endOnFailure: true }, // each takes seconds: no shrinking
  );
  expect(words, 'words that must not be lost').toBeGreaterThan(RUNS);
});
