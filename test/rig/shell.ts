import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../../src/util/shell-word.ts';

/** Reads a line for each script that stands in `$1/script`, and answers with its exit status; goes, and its folder, with who started it. */
const LOOP = `
exec 3<"$1/asked" 4>"$1/answers"
while read -r _ <&3; do
  (. "$1/script") </dev/null >"$1/stdout" 2>"$1/stderr" 3<&- 4>&-
  echo $? >&4
done
rm -rf "$1"
`;

interface Shell {
  folder: string;
  asked: number;
  answers: number;
}

let shell: Shell | null = null;

function started(): Shell {
  if (shell) return shell;
  const folder = mkdtempSync(join(tmpdir(), 'copse-shell-'));
  spawnSync('mkfifo', [join(folder, 'asked'), join(folder, 'answers')]);
  spawn('sh', ['-c', LOOP, 'sh', folder], { stdio: 'ignore', detached: true }).unref();
  // Each of the two waits for the other end.
  shell = { folder, asked: openSync(join(folder, 'asked'), 'w'), answers: openSync(join(folder, 'answers'), 'r') };
  return shell;
}

/**
 * Runs a program to its end, with this environment and no input, as `spawnSync` does. A small shell that stays starts it: a process of
 * vitest is so large that forking it takes longer than most gits.
 */
export function runInShell(argv: readonly string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }) {
  const { folder, asked, answers } = started();
  const settings = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const words = ['env', '-i', ...settings, ...argv].map(shellWord).join(' ');
  writeFileSync(join(folder, 'script'), `cd ${shellWord(cwd)} && exec ${words}\n`);
  writeSync(asked, '\n');
  const bytes = Buffer.alloc(16);
  let answer = '';
  while (!answer.endsWith('\n')) answer += bytes.toString('latin1', 0, readSync(answers, bytes));
  return {
    status: Number(answer),
    stdout: readFileSync(join(folder, 'stdout'), 'utf8'),
    stderr: readFileSync(join(folder, 'stderr'), 'utf8'),
  };
}
