// Keeps V8's machine code of the joined modules beside them (docs/decisions/0005-joined-modules.md).
// keep-code.js <folder of the compiled code>
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const { load, codeFile, codeOf } = createRequire(import.meta.url)('../bin/load.js');

const dist = resolve(process.argv[2]);
const folder = join(dist, 'start');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.cjs'))
  .map((name) => join(folder, name));
for (const file of files) load(file);
try {
  await practise();
} catch (error) {
  process.stderr.write(`without the code of what commands run: ${error.message}\n`);
}
for (const file of files) writeFileSync(codeFile(file), codeOf(file));

/** Checks a small plan, plays its schedule and runs it: what these commands call is compiled by it. */
async function practise() {
  // A build may be part of a hook of git, which names another repository; nor is whoever builds to be asked for a signature.
  for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];
  Object.assign(process.env, { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' });
  const root = mkdtempSync(join(tmpdir(), 'copse-practice-'));
  const outputs = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
  try {
    process.chdir(makePractice(root));
    for (const { stream } of outputs) stream.write = () => true;
    for (const argv of [['validate'], ['run', '--dry-run'], ['run'], ['status'], ['integrate'], ['clean']]) {
      process.argv = [process.execPath, 'copse', ...argv];
      await load(join(folder, 'start.cjs')).start();
      if (process.exitCode !== 0) throw new Error(`copse ${argv.join(' ')} → ${process.exitCode}`);
    }
  } finally {
    for (const { stream, write } of outputs) stream.write = write;
    process.exitCode = 0; // of the commands
    process.chdir(dist);
    rmSync(root, { recursive: true, force: true });
  }
}

/** A repository with a plan of two tasks, one after the other, for an agent that is one line of shell. */
function makePractice(root) {
  const repo = join(root, 'repo');
  const task = (id, deps) =>
    `---\nid: ${id}\nwave: 1\ndeps: [${deps}]\n---\n# ${id}: Practise\n## Scope\nCREATE: ${id}.txt\n## Requirements\n- practise\n`;
  const files = {
    'copse.config.json': JSON.stringify({
      agent: 'practice',
      agents: { practice: { type: 'command', command: ['sh', '-c', 'echo "$COPSE_TASK" > "$COPSE_TASK.txt"'] } },
    }),
    'parallel/practice/tasks/task-001.md': task('task-001', ''),
    'parallel/practice/tasks/task-002.md': task('task-002', 'task-001'),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=copse', '-c', 'user.email=copse@localhost', ...args], { cwd: repo });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'practice');
  return repo;
}
