import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareContracts } from '../../dist/compose/contracts.js';
import { judgeAttempt } from '../../dist/gate/judge.js';
import { createGit } from '../../dist/git/git.js';
import { inspectBranchWork } from '../../dist/git/inspect.js';
import { inTurn, median, ratio, timed } from '../measure.js';
import { makeScene, pathOf } from '../scene.js';
import { time } from '../table.js';

const FILES = 10_000;
const BRANCHES = 50;
/** Of the files, those that answer to requests. */
const ROUTERS = 100;

/** What 50 branches changed, held against their scopes and against an API, beside what git takes to say what they changed. */
export async function verify() {
  const scene = makeScene({ files: FILES - ROUTERS });
  for (let n = 0; n < ROUTERS; n++) scene.write(routerOf(n), router(n));
  scene.commit('initial');
  const base = scene.git(['rev-parse', 'main']);
  const heads = makeBranches(scene);
  const merged = mergeAll(scene, heads);
  const git = createGit({ cwd: scene.repo, env: scene.env });
  const plan = thePlan();
  const names = () => timed(() => heads.map((head) => scene.git(['diff', '--name-status', base, head])));
  const scope = () => timed(() => judgeScopes(git, plan, { base, heads, root: scene.root }));
  const contracts = () => timed(() => compareAll(git, plan, { heads, merged }));
  const quick = await inTurn({ rounds: 10, seconds: 30 }, { names, scope });
  const slow = await inTurn({ rounds: 2, seconds: 1 }, { names, contracts });
  const row = (what, times, control) => ({
    what: `${what}: ${FILES.toLocaleString('en')} files, ${BRANCHES} branches`,
    figure: time(median(times)),
    control: `\`git diff --name-status\` of each, ${time(median(control))}`,
    ratio: ratio(times, control).toFixed(2),
  });
  return [
    row('scope, content and history of each branch', quick.scope, quick.names),
    row('an OpenAPI contract with each branch and with the merged tree', slow.contracts, slow.names),
  ];
}

const routerOf = (n) => `src/api/unit${Math.floor(n / 20)}/route${n}.ts`;

const router = (n, more = '') =>
  `import { Router } from 'express';\n\nexport const router = Router();\nrouter.get('/things${n}', list);\nrouter.post('/things${n}', make);\n${more}`;

/** Each edits its router and two other files and adds one, by one fast-import. */
function makeBranches(scene) {
  const who = 'committer Ada <ada@example.org> 1795000000 +0000\n';
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: BRANCHES }, (_, n) => {
    const files = {
      [routerOf(n)]: router(n, `router.get('/things${n}/:id', find);\n`),
      [pathOf(n * 15)]: `changed by ${n}\n`,
      [pathOf(n * 15 + 7)]: `changed by ${n}\n`,
      [`src/new/file${n}.ts`]: `export const made = ${n};\n`,
    };
    const lines = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
    return `commit refs/heads/b${n}\n${who}${data(`work ${n}\n`)}from refs/heads/main^0\n${lines.join('')}`;
  });
  scene.git(['fast-import', '--quiet'], { input: commits.join('') });
  return Array.from({ length: BRANCHES }, (_, n) => scene.git(['rev-parse', `b${n}`]));
}

function mergeAll(scene, heads) {
  let tip = scene.git(['rev-parse', 'main']);
  for (const head of heads) {
    const tree = scene.git(['merge-tree', '--write-tree', tip, head]);
    tip = scene.git(['commit-tree', '-m', 'merge', '-p', tip, '-p', head, tree]);
  }
  return tip;
}

function thePlan() {
  const entry = (pattern) => ({ pattern, line: 1, column: 1 });
  const tasks = Array.from({ length: BRANCHES }, (_, n) => ({
    id: idOf(n),
    title: 'A task',
    wave: 1,
    deps: [],
    blocks: [],
    conflicts: [],
    skills: [],
    contracts: ['contracts/api-schema.yaml'],
    scope: {
      create: [entry(`src/new/file${n}.ts`)],
      modify: [entry(routerOf(n)), entry(`src/part*/unit*/file${n * 15}.txt`), entry(pathOf(n * 15 + 7))],
      boundary: [entry('src/core/'), entry('**/*.lock')],
      prose: [],
    },
    objective: '',
    requirements: '',
    checklist: '',
    outputFormat: '',
    file: `tasks/${idOf(n)}.md`,
  }));
  const waves = [{ number: 1, tasks: tasks.map(({ id }) => id) }];
  const contracts = [{ path: 'contracts/api-schema.yaml', text: contract() }];
  return {
    name: 'TS-0001-verify',
    title: 'A plan',
    variant: 'M2',
    tasks,
    waves,
    dependencies: [],
    context: '',
    contracts,
  };
}

const idOf = (n) => `task-${String(n + 1).padStart(3, '0')}`;

function contract() {
  const ok = '{ responses: { "200": { description: ok } } }';
  const id = '[{ name: id, in: path, required: true, schema: { type: string } }]';
  const paths = Array.from({ length: BRANCHES }, (_, n) => [
    `  /things${n}: { get: ${ok}, post: ${ok} }`,
    `  /things${n}/{id}: { parameters: ${id}, get: ${ok} }`,
  ]);
  return `openapi: 3.0.3\ninfo: { title: Things, version: "1" }\npaths:\n${paths.flat().join('\n')}\n`;
}

/** As a run judges an attempt. */
async function judgeScopes(git, plan, { base, heads, root }) {
  for (const [n, head] of heads.entries()) {
    const gitDir = workTreeOf(root, { n, base, head });
    const options = { base, head, branch: `b${n}`, integrated: base, gitDir, maxFileBytes: 5e6, expected: [] };
    const measured = await inspectBranchWork(git, options);
    const { failure, evidence } = judgeAttempt({ ...measured, ...factsOf(plan.tasks[n], base, head) });
    const scope = evidence.find(({ gate }) => gate === 'scope');
    if (failure || scope.verdict !== 'pass') throw new Error(JSON.stringify(failure ?? scope));
  }
}

/** The log of the work tree in which a commit was made: by that nobody has to ask whose it is. */
function workTreeOf(root, { n, base, head }) {
  const folder = join(root, `worktree${n}`);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const line = `${base} ${head} Ada <ada@example.org> 1795000000 +0000\tcommit: work ${n}\n`;
  writeFileSync(join(folder, 'logs/HEAD'), line);
  return folder;
}

const NO_TOKENS = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

function factsOf(task, base, head) {
  const cost = { usd: null, source: 'unknown' };
  const ended = { outcome: 'success', message: '', exit: 0, signal: null, claim: null, tokens: NO_TOKENS, cost, ms: 1 };
  const result = { ...ended, head, commits: 1, leftovers: [], marker: true };
  const rest = {
    alone: true,
    planPath: null,
    contracts: [],
    policy: 'enforce',
    symbols: new Map(),
    asks: [],
    allow: [],
  };
  return { ...rest, task, base, result };
}

/** Each branch with the contract that its task names, then all of them together. */
async function compareAll(git, plan, { heads, merged }) {
  for (const [n, commit] of heads.entries()) {
    const only = plan.tasks[n].id;
    expectMet(await compareContracts({ git, plan, commit, only, isComplete: () => false }));
  }
  expectMet(await compareContracts({ git, plan, commit: merged, isComplete: () => true }));
}

function expectMet([check]) {
  if (check.outcome !== 'met') throw new Error(JSON.stringify(check).slice(0, 2000));
}
