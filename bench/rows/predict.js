import { createGit } from '../../dist/git/git.js';
import { predictConflicts } from '../../dist/integrate/predict.js';
import { inTurn, median, timed } from '../measure.js';
import { makeScene, pathOf } from '../scene.js';
import { time } from '../table.js';

const BRANCHES = 50;
const FILES = 10_000;
const TARGET_MS = 100;
/** Pairs that the control merges; the rest of its time is reckoned. */
const SAMPLE = 20;

/** Fifty branches that nobody has merged yet: which of all pairs would conflict. Two do. */
export async function predict() {
  const scene = makeScene({ files: FILES });
  scene.commit('initial');
  const heads = makeBranches(scene);
  const base = scene.git(['rev-parse', 'main']);
  const branches = heads.map((head, n) => ({ task: `t${n}`, base, head }));
  const pairs = (BRANCHES * (BRANCHES - 1)) / 2;
  const times = await inTurn(
    { rounds: 5, seconds: 60 },
    {
      // What was read before is forgotten, as when somebody asks anew.
      copse: () => timed(() => find(createGit({ cwd: scene.repo, env: { ...scene.env } }), base, branches)),
      git: async () => {
        const one = await timed(() => {
          for (let n = 0; n < SAMPLE; n++) scene.git(['merge-tree', '--write-tree', heads[n], heads[n + 2]]);
        });
        return (one / SAMPLE) * pairs;
      },
    },
  );
  const measured = median(times.copse);
  return [
    {
      what: `all ${pairs.toLocaleString('en')} pairs of ${BRANCHES} live branches, ${FILES.toLocaleString('en')} files: which would conflict`,
      figure: time(measured),
      control: `\`git merge-tree\` for each pair, ${time(median(times.git))}`,
      ratio: `${(median(times.git) / measured).toFixed(0)} × faster`,
      target: `< ${TARGET_MS} ms`,
      met: measured < TARGET_MS,
    },
  ];
}

async function find(git, base, branches) {
  const found = await predictConflicts(git, base, branches);
  if (found.length !== 1) throw new Error(`one conflict was to be found: ${JSON.stringify(found)}`);
}

/** Each edits two files and adds one; the last edits a file of the first as well. */
function makeBranches(scene) {
  const who = 'committer Ada <ada@example.org> 1795000000 +0000\n';
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: BRANCHES }, (_, n) => {
    const paths = [
      pathOf(n * 150),
      pathOf(n * 150 + 7),
      `src/new/file${n}.txt`,
      ...(n === BRANCHES - 1 ? [pathOf(0)] : []),
    ];
    const files = paths.map((path) => `M 100644 inline ${path}\n${data(`changed by ${n}\n`)}`);
    return `commit refs/heads/b${String(n).padStart(2, '0')}\n${who}${data(`work ${n}\n`)}from refs/heads/main^0\n${files.join('')}`;
  });
  scene.git(['fast-import', '--quiet'], { input: commits.join('') });
  return scene.git(['for-each-ref', '--format=%(objectname)', 'refs/heads/b*']).split('\n');
}
