import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Pids of who may be holding a lock file of git: whoever has it open, and gits that stand in one of these folders (or where we
 * may not see). Null where the system does not tell.
 */
export function atWork(lock: string, folders: readonly string[]): number[] | null {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) return [];
    return hasOpen(pid, lock) || isGitIn(pid, folders) ? [pid] : [];
  });
}

function hasOpen(pid: number, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => link(`/proc/${pid}/fd/${fd}`) === file);
  } catch {
    return false; // it has ended, or is another user's
  }
}

function isGitIn(pid: number, folders: readonly string[]): boolean {
  let name: string;
  try {
    name = readFileSync(`/proc/${pid}/comm`, 'utf8');
    // One that has ended and was not collected holds nothing.
    if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return false;
  } catch {
    return false;
  }
  if (!name.startsWith('git')) return false;
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    return folders.some((folder) => cwd === folder || cwd.startsWith(`${folder}/`));
  } catch (error) {
    // One that is just ending stands nowhere any more, and has closed its files.
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

function link(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
