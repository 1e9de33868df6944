import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecResult, exec } from '../process/exec.ts';
import type { Forge, PullRequest } from './forge.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import type { Hosted } from './remote.ts';

const FORGES: readonly Forge[] = [github, gitlab];

/** How long a forge may take to answer. */
const ANSWER_MS = 2 * 60_000;

export interface Place {
  /** The repository's checkout. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Which program speaks to the host of a repository: what its name says; else the one that is logged in there. `installed`: false
 * when that program is not. Null when nobody can tell.
 */
export async function forgeAt(place: Place, { host }: Hosted): Promise<{ forge: Forge; installed: boolean } | null> {
  const named = FORGES.find((forge) => forge.isAt(host));
  if (named) return { forge: named, installed: await isInstalled(place, named) };
  for (const forge of FORGES) {
    if ((await run(place, forge, forge.authArgs(host))).exit === 0) return { forge, installed: true };
  }
  return null;
}

export type Opened =
  /** `existing`: it was open before. */
  { ok: true; url: string; existing: boolean } | { ok: false; message: string };

/** Opens a request, unless one of this branch is open already. Never asks anybody anything. */
export async function openRequest(place: Place, forge: Forge, request: PullRequest): Promise<Opened> {
  const listed = await run(place, forge, forge.listArgs(request));
  // One that is too old to list in JSON may be able to make one, and says so when there is one.
  const url = listed.exit === 0 ? forge.urlIn(listed.stdout.toString('utf8')) : null;
  if (url !== null) return { ok: true, url, existing: true };
  const folder = mkdtempSync(join(tmpdir(), 'copse-request-'));
  try {
    const bodyFile = join(folder, 'body.md');
    writeFileSync(bodyFile, request.body);
    const made = await run(place, forge, forge.createArgs(request, bodyFile));
    const said = made.stdout.toString('utf8');
    if (made.exit === 0) return { ok: true, url: lastUrl(said) ?? forge.page(request), existing: false };
    return { ok: false, message: whyNot(forge, made) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isInstalled(place: Place, forge: Forge): Promise<boolean> {
  return (await run(place, forge, ['--version'])).spawnError === null;
}

function run({ cwd, env }: Place, { program }: Forge, args: readonly string[]): Promise<ExecResult> {
  const quiet = {
    GH_PROMPT_DISABLED: '1',
    GLAB_NO_PROMPT: '1',
    NO_PROMPT: '1',
    NO_COLOR: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  return exec(program, args, { cwd, env: { ...env, ...quiet }, timeoutMs: ANSWER_MS });
}

function whyNot({ program }: Forge, { exit, signal, timedOut, stderr, stdout }: ExecResult): string {
  if (timedOut) return `${program} did not answer in time`;
  const said = stderr.toString('utf8').trim() || stdout.toString('utf8').trim();
  return said.slice(0, 2000) || `${program} ended with ${signal ?? exit}`;
}

function lastUrl(text: string): string | null {
  return text.match(/https?:\/\/\S+\/(?:pull|merge_requests)\/\d+/g)?.at(-1) ?? null;
}
