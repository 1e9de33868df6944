import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecResult, exec } from '../process/exec.ts';
import type { Forge, PullRequest } from './forge.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { type Hosted, realHost } from './remote.ts';

const FORGES: readonly Forge[] = [github, gitlab];

/** How long a forge may take to answer. */
const ANSWER_MS = 2 * 60_000;

export interface Place {
  /** The repository's checkout. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export type FoundForge =
  /** `installed`: false when its program is not. */
  | { is: 'known'; forge: Forge; at: Hosted; installed: boolean }
  /** Nobody can tell. `said`: what each program answers; `logins`: the commands after which it can. */
  | { is: 'unknown'; host: string; said: string[]; logins: string[] };

/** Which program speaks to the host of a repository: what its name says; else the one that is logged in there. */
export async function forgeAt(place: Place, hosted: Hosted): Promise<FoundForge> {
  const at = realHost(hosted, hosted.ssh ? await sshConfig(place, hosted) : '');
  const named = FORGES.find((forge) => forge.isAt(at.host));
  if (named) return { is: 'known', forge: named, at, installed: await isInstalled(place, named) };
  const said: string[] = [];
  for (const forge of FORGES) {
    const status = await run(place, forge, forge.authArgs(at.host));
    if (status.exit === 0) return { is: 'known', forge, at, installed: true };
    said.push(whyNot(forge, status));
  }
  return { is: 'unknown', host: at.host, said, logins: FORGES.map((forge) => forge.login(at.host)) };
}

export type Opened =
  /** `existing`: it was open before. */
  | { ok: true; url: string; existing: boolean }
  /** `login`: the command after which it may go, where that is what it lacks. */
  | { ok: false; message: string; login: string | null };

/** Opens a request, unless one of this branch is open already. Never asks anybody anything. */
export async function openRequest(place: Place, forge: Forge, request: PullRequest): Promise<Opened> {
  const before = await openUrl(place, forge, request);
  if (before !== null) return { ok: true, url: before, existing: true };
  const made = await create(place, forge, request);
  const [said, complained] = [textOf(made.stdout), textOf(made.stderr)];
  const url = made.exit === 0 ? lastUrl(said) : null;
  if (url !== null) return { ok: true, url, existing: false };
  // Somebody was quicker, or the list could not be had, or it ended well without a word.
  const now = await openUrl(place, forge, request);
  if (now !== null) return { ok: true, url: now, existing: made.exit !== 0 };
  const named = /already exists/i.test(complained) ? lastUrl(complained) : null;
  if (named !== null) return { ok: true, url: named, existing: true };
  const login = LOGIN.test(complained) ? forge.login(request.at.host) : null;
  return { ok: false, message: whyNot(forge, made), login };
}

/** One that is too old to list in JSON may be able to make one, and says so when there is one. */
async function openUrl(place: Place, forge: Forge, request: PullRequest): Promise<string | null> {
  const listed = await run(place, forge, forge.listArgs(request));
  return listed.exit === 0 ? forge.urlIn(textOf(listed.stdout)) : null;
}

async function create(place: Place, forge: Forge, request: PullRequest): Promise<ExecResult> {
  const folder = mkdtempSync(join(tmpdir(), 'copse-request-'));
  try {
    const bodyFile = join(folder, 'body.md');
    writeFileSync(bodyFile, request.body);
    return await run(place, forge, forge.createArgs(request, bodyFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both programs say so when they have no key, and when theirs is not taken. */
const LOGIN = /\b(?:gh|glab) auth login\b|\b401\b/;

async function isInstalled(place: Place, forge: Forge): Promise<boolean> {
  return (await run(place, forge, ['--version'])).spawnError === null;
}

/** What ssh takes the host for: the name in an address may be one of its config alone. */
async function sshConfig({ cwd, env }: Place, { host }: Hosted): Promise<string> {
  const asked = await exec('ssh', ['-G', '--', host], { cwd, env, timeoutMs: ANSWER_MS });
  return asked.exit === 0 ? textOf(asked.stdout) : '';
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

function whyNot({ program }: Forge, { exit, signal, timedOut, spawnError, stderr, stdout }: ExecResult): string {
  if (spawnError === 'ENOENT') return `${program} is not installed`;
  if (spawnError !== null) return `${program} did not start: ${spawnError}`;
  if (timedOut) return `${program} did not answer in time`;
  // It is the pushed commit that is asked for, whatever stands in the checkout.
  const said = (textOf(stderr) || textOf(stdout)).replace(/^warning: \d+ uncommitted changes?\n/i, '');
  return said === ''
    ? `${program} ended with ${signal ?? exit} and said nothing`
    : `${program}: ${said.slice(0, 2000)}`;
}

const textOf = (bytes: Buffer) => bytes.toString('utf8').trim();

function lastUrl(text: string): string | null {
  return text.match(/https?:\/\/\S+\/(?:pull|merge_requests)\/\d+/g)?.at(-1) ?? null;
}
