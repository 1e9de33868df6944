import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGit, requireGit } from '../../git/git.ts';
import type { Oid } from '../../run/event.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { PACKAGE_ROOT } from '../../util/package-root.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';

/** What the package ships for the demo: the repository's files, the agent and the code that it writes. */
const CONTENT = new URL('demo/', PACKAGE_ROOT);

const DEMO_PLAN = 'TS-0042-inventory-system';

/** The scratch repository of a demo, with one commit. */
export interface Demo {
  /** Holds the repository and, once it ran, the workspaces. */
  root: string;
  /** The checkout, on `main`. */
  repo: string;
  plan: string;
  base: Oid;
}

export interface MakeDemoOptions {
  /** Absolute, empty or absent; without it a new temporary folder. */
  dir?: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Makes the demo's repository: a small inventory service, the plan to extend it, and the script that serves as agent.
 * @throws Refusal `folder-not-empty`, `git-missing`, `git-too-old`
 */
export async function makeDemo({ dir, env }: MakeDemoOptions): Promise<Demo> {
  if (dir !== undefined) checkEmpty(dir);
  const git = createGit({ cwd: tmpdir(), env });
  await requireGit(git);
  const root = dir === undefined ? mkdtempSync(join(tmpdir(), 'copse-demo-')) : resolve(dir);
  const repo = join(root, 'inventory');
  writeFiles(repo);
  const base = await commitFiles(git.at(repo));
  return { root: realpathSync(root), repo: realpathSync(repo), plan: DEMO_PLAN, base };
}

function checkEmpty(dir: string): void {
  const refuse = (why: string) =>
    new Refusal('folder-not-empty', `${dir} ${why}`, {
      exit: EXIT.usage,
      hint: 'name an empty or a new folder, or leave out --dir',
    });
  try {
    if (readdirSync(dir).length > 0) throw refuse('is not empty');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTDIR') throw refuse('is not a folder');
    if (code !== 'ENOENT') throw error;
  }
}

function writeFiles(repo: string): void {
  mkdirSync(repo, { recursive: true });
  cpSync(new URL('inventory/', CONTENT), repo, { recursive: true });
  // npm packs no file of the name .gitignore.
  renameSync(join(repo, 'gitignore'), join(repo, '.gitignore'));
  const register = new URL('typescript/register.mjs', CONTENT).href;
  writeFileAtomic(join(repo, 'tools/typescript.mjs'), TYPESCRIPT.replace('REGISTER', register));
  const agent = [process.execPath, fileURLToPath(new URL('agent/agent.mjs', CONTENT)), '{task}', '{role}'];
  const config = { agent: 'command', agents: { command: { command: agent } }, limits: { maxConcurrent: 3 } };
  writeFileAtomic(join(repo, 'copse.config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

const TYPESCRIPT = `// Node runs TypeScript by itself from 22.18 on; before, it needs this. Lent by copse, so that nothing is installed here.
import 'REGISTER';
`;

/** Nothing of the user's own git settings (identity, signing, hooks, line ends, ignored files) decides how the demo goes. */
const SETTINGS = {
  'user.name': 'copse demo',
  'user.email': 'demo@copse.invalid',
  'commit.gpgSign': 'false',
  'core.autocrlf': 'false',
  'core.hooksPath': '/dev/null',
};

async function commitFiles(git: ReturnType<typeof createGit>): Promise<Oid> {
  await git.bytes(['init', '--quiet', '--initial-branch=main', '--template=']);
  for (const [name, value] of Object.entries(SETTINGS)) await git.bytes(['config', '--local', name, value]);
  await git.bytes(['add', '--all', '--force']);
  await git.bytes(['commit', '--quiet', '--message', 'inventory: records, a router, a plan for the rest']);
  return git.text(['rev-parse', 'HEAD']);
}
