import { join } from 'node:path';
import { createGit } from '../../dist/git/git.js';
import { land, landMany } from '../../dist/integrate/land.js';
import { inTurn, median, timed } from '../measure.js';
import { makeScene, pathOf } from '../scene.js';
import { time } from '../table.js';

const BRANCHES = 200;
/** Landed by each side in turn, so that the load of the machine meets both. */
const BATCH = 20;
const FILES = 3000;
const TARGET = 5;

/** Branches that have nothing to do with each other: one merge after the other in a checkout, and as copse lands them. */
export async function landing() {
  const scene = makeScene({ files: FILES });
  scene.commit('initial');
  const heads = makeBranches(scene);
  scene.git(['checkout', '-q', '-b', 'merged']);
  for (const name of ['one', 'many']) scene.git(['branch', name, 'main']);
  const git = createGit({ cwd: scene.repo, env: scene.env });
  const batch = (round) => heads.slice(round * BATCH, (round + 1) * BATCH);
  const times = await inTurn(
    { rounds: BRANCHES / BATCH, seconds: 1000 },
    {
      merge: (round) =>
        timed(() =>
          batch(round).map((_, at) => scene.git(['merge', '-q', '--no-ff', '-m', 'merge', `b${round * BATCH + at}`])),
        ),
      one: (round) => timed(() => landEach(git, batch(round), scene)),
      many: (round) => timed(() => landAll(git, batch(round), scene)),
    },
  );
  check(scene);
  return [
    ['one by one, as tasks end', 'one'],
    [`${BATCH} at a time, as when several are ready`, 'many'],
  ].map(([how, side]) => {
    const measured = median(times.merge.map((ms, round) => ms / times[side][round]));
    return {
      what: `landing ${BRANCHES} disjoint branches, 3,000 files, ${how}`,
      figure: `${time(median(times[side]) / BATCH)} each`,
      control: `\`git merge\`, ${time(median(times.merge) / BATCH)} each`,
      ratio: `${measured.toFixed(1)} × faster`,
      target: `≥ ${TARGET} ×`,
      met: measured >= TARGET,
    };
  });
}

/** Each edits two files and adds one, on top of main, by one fast-import. */
function makeBranches(scene) {
  const who = 'committer Ada <ada@example.org> 1795000000 +0000\n';
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: BRANCHES }, (_, n) => {
    const paths = [pathOf(n * 15), pathOf(n * 15 + 7), `src/new/file${n}.txt`];
    const files = paths.map((path) => `M 100644 inline ${path}\n${data(`changed by ${n}\n`)}`);
    return `commit refs/heads/b${n}\n${who}${data(`work ${n}\n`)}from refs/heads/main^0\n${files.join('')}`;
  });
  scene.git(['fast-import', '--quiet'], { input: commits.join('') });
  const refs = scene.git(['for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads/b*']).split('\n');
  const byName = new Map(refs.map((line) => line.split(' ')));
  return Array.from({ length: BRANCHES }, (_, n) => byName.get(`b${n}`));
}

const request = (head) => ({ head, plan: 'p', run: 'r', task: `t-${head}`, title: 'A task', attempt: 1 });

async function landEach(git, heads, scene) {
  let tip = scene.git(['rev-parse', 'one']);
  for (const head of heads) {
    const landed = await land(git, { ref: 'refs/heads/one', tip, ...request(head) });
    if (!landed.landed) throw new Error(landed.why);
    tip = landed.commit;
  }
}

async function landAll(git, heads, scene) {
  const tip = scene.git(['rev-parse', 'many']);
  const landed = await landMany(git, { ref: 'refs/heads/many', tip }, heads.map(request));
  if (!landed.every((each) => each.landed)) throw new Error('something did not land');
}

/** All ways end in the same files. */
function check(scene) {
  const trees = ['merged', 'one', 'many'].map((name) => scene.git(['rev-parse', `${name}^{tree}`]));
  if (new Set(trees).size !== 1) throw new Error(`the trees differ: ${join(...trees)}`);
}
