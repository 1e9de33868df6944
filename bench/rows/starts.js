import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGit } from '../../dist/git/git.js';
import { DEFAULT_JUNK } from '../../dist/git/junk.js';
import { openRepository } from '../../dist/git/repository.js';
import { launch } from '../../dist/process/launch.js';
import { findSandbox } from '../../dist/sandbox/find.js';
import { createBranches } from '../../dist/workspace/branch.js';
import { createDirectories } from '../../dist/workspace/directory.js';
import { NO_SETUP } from '../../dist/workspace/setup.js';
import { createWorktrees } from '../../dist/workspace/worktree.js';
import { inTurn, median, ratio, timeOfStart } from '../measure.js';
import { makeScene } from '../scene.js';
import { time } from '../table.js';

const FILES = 300;
const RUN = '20261123-101500-abcd';

/**
 * From the decision that a task starts to the end of an agent that does nothing, by pattern; and what the sandbox adds. Beside
 * the same program started by node and nothing else.
 */
export async function starts() {
  const sides = await makeSides();
  const alive = setInterval(() => {}, 1000); // agents outlive who starts them, and keep nobody waiting
  const times = await inTurn({ rounds: 15, seconds: 40 }, sides);
  clearInterval(alive);
  return Object.keys(sides)
    .filter((side) => side !== 'bare')
    .map((side) => ({
      what: WHAT[side],
      figure: time(median(times[side])),
      control: `\`true\`, ${time(median(times.bare))}`,
      ratio: ratio(times[side], times.bare).toFixed(1),
    }));
}

const WHAT = {
  worktree: `start in a worktree of its own, ${FILES} files`,
  branch: `start in the checkout, on its branch, ${FILES} files`,
  directory: `start in a directory of the checkout, ${FILES} files`,
  sandbox: 'a program confined by bubblewrap, as agents are',
};

async function makeSides() {
  const trees = await place(createWorktrees);
  const branches = await place(createBranches);
  const directories = await place(createDirectories);
  const { repo, root, env } = trees.scene;
  const found = await findSandbox({ env, writable: [] });
  return {
    bare: () => timeOfStart('true', [], { env }),
    worktree: (n) => timeOf(trees, { path: join(root, 'worktrees', `t${n}`), branch: `feature/t${n}` }),
    branch: (n) => timeOf(branches, { path: branches.scene.repo, branch: `feature/t${n}` }),
    directory: (n) => timeOf(directories, { path: directories.scene.repo, branch: `feature/t${n}` }),
    ...(found.ok && { sandbox: () => timeConfined(found.sandbox, { repo, env }) }),
  };
}

function timeConfined(sandbox, { repo, env }) {
  const [program, ...argv] = sandbox.wrap(['true'], { protect: [repo], writable: [join(repo, 'out')] }, repo);
  return timeOfStart(program, argv, { env });
}

/** A repository with workspaces of one pattern. */
async function place(create) {
  const scene = makeScene({ files: FILES });
  scene.commit('initial');
  mkdirSync(join(scene.repo, 'out'));
  const repository = await openRepository(createGit({ cwd: scene.repo, env: scene.env }));
  const workspaces = create({
    repository,
    run: RUN,
    setup: NO_SETUP,
    env: scene.env,
    junk: DEFAULT_JUNK,
    never: [],
    snapshotRef: ({ branch }) => `refs/copse/snapshots/${RUN}/${branch}`,
    directoriesOf: () => ['out'],
    message: () => 'feat: nothing',
  });
  return { scene, workspaces, base: repository.head.oid };
}

async function timeOf({ scene, workspaces, base }, place) {
  const spec = { ...place, base };
  const began = performance.now();
  const prepared = await workspaces.prepare(spec);
  if (!prepared.ok) throw new Error(prepared.failure.message);
  const files = join(scene.root, 'attempts', place.branch);
  mkdirSync(files, { recursive: true });
  const launched = await launch({
    argv: ['true'],
    cwd: spec.path,
    env: scene.env,
    stdin: null,
    stdout: join(files, 'out'),
    stderr: join(files, 'err'),
    exitFile: join(files, 'exit'),
    pidFile: join(files, 'pid'),
  });
  if ('error' in launched) throw new Error(launched.error.message);
  await launched.exited;
  const took = performance.now() - began;
  await workspaces.harvest(spec, 'feat: nothing'); // gives the checkout back
  return took;
}
