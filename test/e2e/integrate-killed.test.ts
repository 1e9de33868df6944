import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { builtCopse, type Copse } from '../rig/copse.ts';
import { type HoldingFilter, holdingFilter } from '../rig/holding-filter.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// copse and its git are killed while that git moves the user's checkout: a filter holds it there.

const FILES = 300;

let copse: Copse;
let scratch: Scratch;
let hold: HoldingFilter;
beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(async () => {
  scratch = scratchRepository({
    '.gitattributes': '*.bin filter=hold\n',
    '.gitignore': 'cache/\n',
    'keep.txt': 'old\n',
  });
  hold = holdingFilter(scratch);
  shellPlan(
    scratch,
    { tasks: [{ id: 'task-001', create: ['many/', 'z.bin'], modify: ['keep.txt'] }] },
    {
      'task-001': `mkdir many; for n in $(seq ${FILES}); do echo $n >many/$n.txt; done; echo new >keep.txt; echo z >z.bin
        git add -A; git commit -qm work`,
    },
  );
  const run = copse.start(scratch, ['run']);
  expect(await run.ended, run.output()).toBe(0);
  scratch.write('notes.txt', 'mine');
  scratch.write('cache/x', 'mine too');
});
afterEach(() => scratch.remove());

const checkout = () => ({
  status: scratch.git('--no-optional-locks', 'status', '--porcelain', '--ignored', '--untracked-files=all'),
  head: scratch.git('rev-parse', 'HEAD', 'main'),
  keep: readFileSync(join(scratch.repo, 'keep.txt'), 'utf8'),
});

/** Kills copse and the git that moves the checkout, in the middle. */
async function killed(): Promise<void> {
  hold.close();
  const first = copse.start(scratch, ['integrate']);
  const git = await hold.held();
  first.child.kill('SIGKILL');
  process.kill(-git, 'SIGKILL');
  await first.ended;
  hold.open();
  // It is in the middle: a lock, most of the files, the branch where it was.
  expect(existsSync(join(scratch.repo, '.git/index.lock'))).toBe(true);
  expect(existsSync(join(scratch.repo, `many/${FILES}.txt`))).toBe(true);
  expect(existsSync(join(scratch.repo, 'z.bin'))).toBe(false);
}

it('the next integrate puts back what was half done, and lands', async () => {
  await killed();
  const again = copse.start(scratch, ['integrate']);
  expect(await again.ended, again.output()).toBe(0);
  expect(again.output()).toContain('landed on main (fast-forward');
  expect(checkout()).toMatchObject({ keep: 'new\n' });
  // Nothing but what integrate writes into the plan.
  expect(scratch.git('status', '--porcelain', '--untracked-files=no')).toMatch(/^ ?M parallel\/\S+\/manifest\.json$/);
  expect(existsSync(join(scratch.repo, '.git/copse-move.json'))).toBe(false);
  expect(readFileSync(join(scratch.repo, 'notes.txt'), 'utf8')).toBe('mine');
  expect(readFileSync(join(scratch.repo, 'cache/x'), 'utf8')).toBe('mine too');
}, 60_000);

it('when it cannot land, the checkout is as it was before', async () => {
  const before = checkout();
  await killed();
  scratch.write('many/of-mine.txt', 'mine');
  scratch.write('.gitattributes', '*.bin filter=hold\n# edited\n');
  const again = copse.start(scratch, ['integrate']);
  expect(await again.ended, again.output()).toBe(4);
  expect(again.output()).toContain('✗ .gitattributes');
  scratch.git('checkout', '-q', '.gitattributes');
  const { status, ...rest } = checkout();
  const written = /^.. (many\/of-mine.txt|parallel\/.*)$/;
  const own = (text: string) => text.split('\n').filter((line) => !written.test(line));
  expect(rest).toEqual({ head: before.head, keep: before.keep });
  expect(own(status)).toEqual(own(before.status));
}, 60_000);

it('a lock that a killed git left in the shared git directory stops neither integrate nor clean', async () => {
  scratch.git('pack-refs', '--all');
  const lock = join(scratch.repo, '.git/packed-refs.lock');
  for (const command of ['integrate', 'clean']) {
    scratch.write('.git/packed-refs.lock', '# pack-refs with: peeled');
    const { ended, output } = copse.start(scratch, [command]);
    expect(await ended, output()).toBe(0);
    expect(existsSync(lock), command).toBe(false);
  }
  expect(scratch.git('branch', '--format=%(refname:short)')).toBe('main');
}, 60_000);
