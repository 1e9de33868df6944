import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How long an agent thinks before it speaks: 0 in tests. */
const PACE = Number(process.env.COPSE_DEMO_PACE ?? 1);
const THINKING_MS = 120;

/** What the script of a task can do in the workspace it was started in; keeps the account for the claim. */
export function createHands(task) {
  const created = new Set();
  const modified = new Set();
  const tests = { run: 0, failed: 0, output: '' };

  async function say(text) {
    if (PACE > 0) await pause(THINKING_MS * PACE);
    process.stdout.write(`${text}\n`);
  }

  async function write(path, text) {
    (existsSync(path) ? modified : created).add(path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    await say(`wrote ${path} (${text.split('\n').length - 1} lines)`);
  }

  return {
    say,
    write,
    /** Writes a file that was worked out beforehand. */
    async writeSolution(path) {
      await write(path, readFileSync(new URL(`../solutions/${task}/${path}`, import.meta.url), 'utf8'));
    },
    /** Replaces text that must be there exactly once. */
    async edit(path, from, to) {
      const text = readFileSync(path, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`${path} does not hold this once: ${from}`);
      await write(
        path,
        text.replace(from, () => to),
      );
    },
    /** Runs test files of the workspace; what they say ends up in the claim. */
    async test(...files) {
      const { passed, failed, output } = runTests(files);
      tests.run += passed + failed;
      tests.failed += failed;
      if (failed > 0) tests.output += output;
      await say(`ran ${files.join(' ')}: ${passed} passed, ${failed} failed`);
    },
    async commit(message, ...paths) {
      git('add', '--', ...paths);
      git('commit', '--quiet', '-m', message);
      await say(`committed "${message}"`);
    },
    done: () => ({ created: [...created], modified: [...modified], tests }),
  };
}

function runTests(files) {
  const argv = ['--test-reporter=tap', 'tools/test.mjs', ...files];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0);
  // A runner that died without a count failed too.
  const failed = count('fail') || (status === 0 ? 0 : 1);
  return { passed: count('pass'), failed, output: `${stdout}${stderr}`.slice(-2000) };
}

function git(...args) {
  const { status, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
}
