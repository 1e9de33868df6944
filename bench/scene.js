import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const COPSE = fileURLToPath(new URL('../bin/copse.js', import.meta.url));

const scenes = [];

/**
 * A repository of `files` files of 1 to 4 KB in a folder of its own, with an environment that no setting of this machine
 * reaches. All scenes go at the end, not earlier: on some file systems deleting many files slows the next creations down.
 */
export function makeScene({ files }) {
  const root = realpathSync(mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'copse-bench-')));
  scenes.push(root);
  const [repo, home] = [join(root, 'repo'), join(root, 'home')];
  mkdirSync(repo);
  mkdirSync(home);
  const env = hermeticEnv(home);
  const scene = {
    root,
    repo,
    env,
    git: (args, options) => git(args, { cwd: repo, env, ...options }),
    write(path, text, mode) {
      const file = join(repo, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      if (mode) chmodSync(file, mode);
    },
    commit(message) {
      scene.git(['add', '-A']);
      scene.git(['commit', '-q', '-m', message]);
    },
  };
  scene.git(['init', '-q', '-b', 'main']);
  for (let n = 0; n < files; n++) scene.write(pathOf(n), textOf(n));
  return scene;
}

/** The n-th file of a scene: 20 in a folder, three levels deep. */
export const pathOf = (n) => `src/part${Math.floor(n / 400)}/unit${Math.floor(n / 20)}/file${n}.txt`;

export function textOf(n) {
  const lines = 20 + ((n * 37) % 60);
  return Array.from({ length: lines }, (_, line) => `${n}:${line} the quick brown fox jumps over the lazy dog`).join(
    '\n',
  );
}

export function removeScenes() {
  for (const root of scenes.splice(0)) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

function git(args, { cwd, env, input }) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`git ${args.join(' ')} → ${status}\n${stderr}`);
  return stdout.trimEnd();
}

function hermeticEnv(home) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: process.env.TMPDIR ?? tmpdir(),
    LC_ALL: 'C',
    TZ: 'UTC',
    CI: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
}

/** Puts a plan and a program that plays its agents into a scene, and commits all. */
export function addPlan(scene, { name, tasks, agent = '#!/bin/sh\n' }) {
  const folder = `parallel/${name}`;
  const waves = [...new Set(tasks.map(({ wave }) => wave))].sort((a, b) => a - b);
  const manifest = {
    tech_spec_id: name,
    name: 'A plan to measure',
    waves: waves.map((number) => ({
      number,
      tasks: tasks.filter(({ wave }) => wave === number).map(({ id }) => ({ id })),
    })),
  };
  scene.write(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  scene.write(`${folder}/context.md`, '# Context\n\nA project to measure with.\n');
  for (const task of tasks) scene.write(`${folder}/tasks/${task.id}.md`, taskFile(task));
  scene.write('agent.sh', agent, 0o755);
  const config = { agent: 'script', agents: { script: { type: 'command', command: [join(scene.repo, 'agent.sh')] } } };
  scene.write('copse.config.json', `${JSON.stringify(config)}\n`);
  scene.commit('initial');
}

function taskFile({ id, wave, deps = [], create = [`out/${id}.txt`], modify = [], boundary = [] }) {
  const list = (items) => (items.length > 0 ? items.join(', ') : '(none)');
  return `---
id: ${id}
wave: ${wave}
deps: [${deps.join(', ')}]
blocks: []
---
# ${id}: Do ${id}

## Scope

CREATE: ${list(create)}
MODIFY: ${list(modify)}
BOUNDARY: ${list(boundary)}

## Requirements

- do ${id}
- leave everything else as it is

## Checklist

- [ ] ${id} is done
`;
}
