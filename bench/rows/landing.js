import { createGit } from '../../dist/git/git.js';
import { land, landMany } from '../../dist/integrate/land.js';
import { inTurn, median, timed } from '../measure.js';
import { makeScene, pathOf } from '../scene.js';
import { time } from '../table.js';

const BRANCHES = 200;
/** Landed by each side in turn, so that the load of the machine meets both. */
const BATCH = 20;
const TARGET = 5;
const TARGET_AT_ONCE = 50;

/** Branches that have nothing to do with each other: one merge after the other in a checkout, and as copse lands them. */
export async function landing() {
  return [...(await inRepository(3000)), ...(await inRepository(10_000))];
}

async function inRepository(files) {
  const scene = makeScene({ files });
  scene.commit('initial');
  const heads = makeBranches(scene, 'b');
  const others = Array.from({ length: BRANCHES / BATCH }, (_, round) => makeBranches(scene, `round${round}-`));
  scene.git(['checkout', '-q', '-b', 'merged']);
  for (const name of ['one', 'many', 'all']) scene.git(['branch', name, 'main']);
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
      many: (round) => timed(() => landAll(git, batch(round), { scene, name: 'many' })),
      // Each round with branches of its own: trees that are there already would flatter it.
      all: async (round) => {
        scene.git(['branch', '-f', 'all', 'main']);
        return (await timed(() => landAll(git, others[round], { scene, name: 'all' }))) * (BATCH / BRANCHES);
      },
    },
  );
  check(scene);
  return [
    ['one by one, as tasks end', 'one', TARGET],
    [`${BATCH} at a time, as when several are ready`, 'many', TARGET],
    ['all at once', 'all', TARGET_AT_ONCE],
  ].map(([how, side, target]) => {
    const measured = median(times.merge.map((ms, round) => ms / times[side][round]));
    return {
      what: `landing ${BRANCHES} disjoint branches, ${files.toLocaleString('en')} files, ${how}`,
      figure: `${time(median(times[side]) / BATCH)} each`,
      control: `\`git merge\`, ${time(median(times.merge) / BATCH)} each`,
      ratio: `${measured.toFixed(1)} × faster`,
      // What is aimed at holds for a tree of the size that makes a checkout dear.
      ...(files >= 10_000 || target === TARGET ? { target: `≥ ${target} ×`, met: measured >= target } : {}),
    };
  });
}

/** Each edits two files and adds one, on top of main, by one fast-import. */
function makeBranches(scene, prefix) {
  const who = 'committer Ada <ada@example.org> 1795000000 +0000\n';
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: BRANCHES }, (_, n) => {
    const paths = [pathOf(n * 15), pathOf(n * 15 + 7), `src/new/file${n}.txt`];
    const files = paths.map((path) => `M 100644 inline ${path}\n${data(`changed by ${prefix}${n}\n`)}`);
    return `commit refs/heads/${prefix}${n}\n${who}${data(`work ${n}\n`)}from refs/heads/main^0\n${files.join('')}`;
  });
  scene.git(['fast-import', '--quiet'], { input: commits.join('') });
  const refs = scene
    .git(['for-each-ref', '--format=%(refname:short) %(objectname)', `refs/heads/${prefix}*`])
    .split('\n');
  const byName = new Map(refs.map((line) => line.split(' ')));
  return Array.from({ length: BRANCHES }, (_, n) => byName.get(`${prefix}${n}`));
}

const request = (head, base) => ({ head, base, plan: 'p', run: 'r', task: `t-${head}`, title: 'A task', attempt: 1 });

async function landEach(git, heads, scene) {
  let tip = scene.git(['rev-parse', 'one']);
  const base = scene.git(['rev-parse', 'main']);
  for (const head of heads) {
    const landed = await land(git, { ref: 'refs/heads/one', tip, ...request(head, base) });
    if (!landed.landed) throw new Error(landed.why);
    tip = landed.commit;
  }
}

async function landAll(git, heads, { scene, name }) {
  const [tip, base] = [name, 'main'].map((each) => scene.git(['rev-parse', each]));
  const landed = await landMany(
    git,
    { ref: `refs/heads/${name}`, tip },
    heads.map((head) => request(head, base)),
  );
  if (!landed.every((each) => each.landed)) throw new Error('something did not land');
}

/** These ways end in the same files. */
function check(scene) {
  const trees = ['merged', 'one', 'many'].map((name) => scene.git(['rev-parse', `${name}^{tree}`]));
  if (new Set(trees).size !== 1) throw new Error(`the trees differ: ${trees.join(' ')}`);
}
