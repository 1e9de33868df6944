import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../util/atomic-file.ts';
import { type Git, withGuard } from './git.ts';
import { neutralValues, startsPrograms } from './programs.ts';
import type { Repository } from './repository.ts';

/** Values by key, of settings that start programs. */
type Settings = Record<string, string[]>;

/**
 * A repository whose git calls start only what was configured when the run began. Agents share its configuration and can
 * write it: a filter, merge driver or helper that came since is passed over, one that was changed is what it was. As long as
 * no file of the configuration changes this costs no process.
 * @param file keeps what is trusted, so that a resumed run trusts the same
 * @param onPassedOver called once with what is passed over by now, if anything is
 */
export async function guardRepository(
  repository: Repository,
  file: string,
  onPassedOver: (keys: readonly string[]) => void = () => {},
): Promise<Repository> {
  const { git } = repository;
  const found = await readSettings(git);
  const trusted = readTrusted(file) ?? found.settings;
  if (!existsSync(file)) writeFileAtomic(file, `${JSON.stringify(trusted)}\n`, 0o600);
  const untrusted = untrustedKeys(found.settings, trusted);
  if (untrusted.length > 0) onPassedOver(untrusted);
  const files = [...new Set([join(repository.commonDir, 'config'), ...personalFiles(git.env), ...found.files])];
  const known = new Map([[git.cwd, { stamp: stampOf(files), env: overrides(found.settings, trusted, git.env) }]]);
  const atStart = known.get(git.cwd)!;
  return {
    ...repository,
    git: withGuard(git, async (cwd) => {
      const own = ownConfig(cwd);
      const stamp = stampOf(own === null ? files : [...files, own]);
      if (own === null && stamp === atStart.stamp) return atStart.env;
      const before = known.get(cwd);
      if (before?.stamp === stamp) return before.env;
      const env = overrides((await readSettings(git.at(cwd))).settings, trusted, git.env);
      known.set(cwd, { stamp, env });
      return env;
    }),
  };
}

function readTrusted(file: string): Settings | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Settings;
  } catch {
    return null;
  }
}

async function readSettings(git: Git): Promise<{ settings: Settings; files: string[] }> {
  const fields = await git.fields(['config', '--list', '-z', '--show-origin', '--includes']);
  const settings: Settings = {};
  const files = new Set<string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [origin, entry] = [fields[at]!, fields[at + 1]!];
    if (origin.startsWith('file:')) files.add(resolve(git.cwd, origin.slice('file:'.length)));
    if (origin.startsWith('command line:')) continue; // those are ours
    const end = entry.indexOf('\n');
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    if (startsPrograms(key)) settings[key] = [...(settings[key] ?? []), value];
  }
  return { settings, files: [...files] };
}

/** Where `git config --global` would write, also when it is not there yet. */
function personalFiles(env: NodeJS.ProcessEnv): string[] {
  const { HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL } = env;
  if (GIT_CONFIG_GLOBAL) return [GIT_CONFIG_GLOBAL];
  const xdg = XDG_CONFIG_HOME || (HOME && join(HOME, '.config'));
  return [...(HOME ? [join(HOME, '.gitconfig')] : []), ...(xdg ? [join(xdg, 'git/config')] : [])];
}

function stampOf(files: readonly string[]): string {
  const stats = files.map((file) => statSync(file, { throwIfNoEntry: false, bigint: true }));
  return stats.map((stat) => (stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : '-')).join(', ');
}

/** The `config.worktree` of a linked worktree: its agent's to write, and read by git once the shared one says so. */
function ownConfig(cwd: string): string | null {
  try {
    const gitDir = /^gitdir: (.*)\n?$/.exec(readFileSync(join(cwd, '.git'), 'utf8'))?.[1];
    const file = gitDir === undefined ? null : join(resolve(cwd, gitDir), 'config.worktree');
    return file !== null && existsSync(file) ? file : null;
  } catch {
    return null; // the main checkout, or no checkout at all
  }
}

/** A set-up command may install git-lfs: its own programs, as it writes them, do what they did before the run. */
function isLfs(key: string, values: string[] = []): boolean {
  return (
    key.startsWith('filter.lfs.') &&
    values.every((value) => /^git-lfs (?:clean|smudge|filter-process)[\w %-]*$/.test(value))
  );
}

/** Settings that are not what they were, and that our calls would come to. */
function untrustedKeys(now: Settings, trusted: Settings): string[] {
  return [...new Set([...Object.keys(now), ...Object.keys(trusted)])].filter(
    (key) =>
      !isLfs(key, now[key]) && neutralValues(key) !== null && JSON.stringify(now[key]) !== JSON.stringify(trusted[key]),
  );
}

/** As variables, which take any key: `-c` would end the key at its first `=`. */
function overrides(now: Settings, trusted: Settings, env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs: [string, string][] = [];
  for (const key of untrustedKeys(now, trusted)) {
    const neutral = neutralValues(key)!;
    const isList = key.startsWith('credential.');
    if (trusted[key] === undefined || isList) pairs.push(...neutral);
    for (const value of trusted[key] ?? []) pairs.push([key, value]);
  }
  const first = Number(env.GIT_CONFIG_COUNT) || 0;
  if (pairs.length === 0) return {};
  const variables = pairs.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${first + at}`, key],
    [`GIT_CONFIG_VALUE_${first + at}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(first + pairs.length)], ...variables]);
}
