import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scratch } from '../rig/repository.ts';
import { eventsOf } from './invariants.ts';
import { crashRepository } from './plan.ts';
import { seededRandom } from './random.ts';
import { type CrashRig, crashRig, type Kill, pointsOf, type Site } from './rig.ts';

// `copse integrate` and `copse clean` killed at each of their points, and called again. A sample by default.

const MANIFEST = 'parallel/TS-0001-scratch/manifest.json';
const ALL = process.env.COPSE_CRASH === 'all';

let rig: CrashRig;
let template: Scratch;
/** Always at the same place: journals and worktrees name it. */
let site: Site;
beforeAll(async () => {
  rig = crashRig();
  template = crashRepository({
    clean: true,
    tasks: ['task-001', 'task-002'].map((id) => ({ id, create: [`${id}.txt`], acts: `echo $$ >${id}.txt; commit` })),
    validation: { 1: 'true' },
  });
  site = rig.enter(template);
  expect((await rig.copse(site, ['run'])).how).toBe(0);
  // The target moves on, so that landing takes a merge commit.
  writeFileSync(join(site.repo, 'meanwhile.txt'), 'x\n');
  git('add', 'meanwhile.txt');
  git('commit', '-qm', 'meanwhile');
  keep('integrated');
  expect((await rig.copse(site, ['integrate'])).how).toBe(0);
  keep('landed');
}, 120_000);
afterAll(() => {
  for (const name of ['integrated', 'landed']) rmSync(`${site.root}.${name}`, { recursive: true, force: true });
  rig.leave(site);
  template.remove();
  rig.remove();
});

const COPY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true } as const;
const keep = (name: string) => cpSync(site.root, `${site.root}.${name}`, COPY);
function back(name: string): void {
  rmSync(site.root, { recursive: true, force: true, maxRetries: 5 });
  cpSync(`${site.root}.${name}`, site.root, COPY);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: site.repo, env: site.env, encoding: 'utf8' }).trimEnd();
}

/** Kills a command at its points, calls it again until it comes to an end, and looks at what there is then. */
async function killedEverywhere(
  from: string,
  argv: string[],
  check: (output: string) => void,
  ends: readonly unknown[] = [0],
): Promise<void> {
  back(from);
  const before = pointsOf(site).length;
  expect((await rig.copse(site, argv)).how).toBe(0);
  const kills = pointsOf(site)
    .slice(before)
    .flatMap(({ what, n, detail }): Kill[] => [
      // A git that answers questions ends with copse: there is no point behind it.
      ...(detail.startsWith('cat-file --batch') ? [] : [{ what, n, when: 'after' } as const]),
      ...(what === 'line' ? [] : [{ what, n, when: 'before' } as const]),
    ]);
  expect(kills.length, argv.join(' ')).toBeGreaterThan(4);
  const random = seededRandom();
  for (const kill of ALL ? kills : random.sample(kills, 4)) {
    back(from);
    expect((await rig.copse(site, argv, kill)).how, JSON.stringify(kill)).toBe('SIGKILL');
    const { how, output } = await rig.copse(site, argv);
    const told = `seed ${random.seed} ${JSON.stringify(kill)}\n${output}`;
    expect(ends, told).toContain(how);
    check(told);
  }
  if (ALL) console.log(`${argv}: ${kills.length} kills`);
}

describe('killed and called again', () => {
  it('integrate lands once, moves the checkout along, and says that it has landed', async () => {
    const tree = git('rev-parse', 'main^{tree}');
    await killedEverywhere('integrated', ['integrate'], (output) => {
      expect(git('rev-parse', 'main^{tree}'), output).toBe(tree);
      expect(git('log', '--format=%s', '--first-parent', 'main').match(/^Merge /gm), output).toHaveLength(1);
      // Nothing but what integrate writes into the plan.
      expect(git('status', '--porcelain', '--untracked-files=no'), output).toBe(` M ${MANIFEST}`);
      expect(JSON.parse(git('show', `HEAD:${MANIFEST}`)), output).not.toHaveProperty('integration');
      const manifest = JSON.parse(readFileSync(join(site.repo, MANIFEST), 'utf8'));
      expect(manifest, output).toMatchObject({ integration: { status: 'completed' } });
      expect(eventsOf(site).filter((event) => event.type === 'target.landed').length, output).toBeGreaterThan(0);
      expect(existsSync(join(site.repo, 'parallel/TS-0001-scratch/integration-report.md')), output).toBe(true);
    });
  }, 600_000);

  it('clean removes all that is integrated', async () => {
    await killedEverywhere('landed', ['clean'], (output) => {
      expect(git('for-each-ref', 'refs/heads', '--format=%(refname:short)'), output).toBe('main');
      expect(git('worktree', 'list', '--porcelain').match(/^worktree /gm), output).toHaveLength(1);
      expect(existsSync(join(site.root, 'workspaces')), output).toBe(false);
    });
  }, 600_000);

  it('a squash makes one commit', async () => {
    const tree = git('rev-parse', 'main^{tree}');
    await killedEverywhere('integrated', ['integrate', '--squash'], (output) => {
      expect(git('rev-parse', 'main^{tree}'), output).toBe(tree);
      expect(git('log', '--format=%s', '-2', 'main'), output).toBe('Plan TS-0001-scratch\nmeanwhile');
      const landed = eventsOf(site).filter((event) => event.type === 'target.landed' && event.from !== event.to);
      expect(landed, output).toHaveLength(1);
      expect(git('status', '--porcelain', '--untracked-files=no'), output).toBe(` M ${MANIFEST}`);
    });
  }, 600_000);

  it('--undo puts the target back once', async () => {
    const before = git('rev-parse', 'main^');
    const done = 6; // it was done when it was killed
    const check = (output: string) => {
      expect(git('rev-parse', 'main'), output).toBe(before);
      expect(git('status', '--porcelain', '--untracked-files=no'), output).toBe(` M ${MANIFEST}`);
      const manifest = JSON.parse(readFileSync(join(site.repo, MANIFEST), 'utf8'));
      expect(manifest, output).toMatchObject({ integration: { status: 'pending' } });
      expect(
        eventsOf(site).filter((event) => event.type === 'target.restored'),
        output,
      ).toHaveLength(1);
    };
    back('landed');
    await killedEverywhere('landed', ['integrate', '--undo'], check, [0, done]);
  }, 600_000);

  it('after a landing by a merge commit a new run may begin', async () => {
    back('landed');
    expect((await rig.copse(site, ['status'])).output).toContain('copse clean');
    expect((await rig.copse(site, ['clean'])).how).toBe(0);
    const again = await rig.copse(site, ['run']);
    expect(again.how, again.output).toBe(0);
  });
});
