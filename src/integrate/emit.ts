import { execWhole } from '../process/exec-whole.ts';
import { projectEnv } from './project-env.ts';

/** What a project prints of itself, or why it does not. */
export type Printed = { ok: true; text: string } | { ok: false; why: string };

/** Bytes of a document. */
const MAX_TEXT = 16 * 2 ** 20;
const MAX_WHY = 300;

/** Runs a command that prints a document, with the project's own tools first. Whatever it leaves running is ended with it. */
export async function printed(
  command: string,
  { cwd, env, timeoutMs, signal }: { cwd: string; env: NodeJS.ProcessEnv; timeoutMs: number; signal?: AbortSignal },
): Promise<Printed> {
  const options = { cwd, env: projectEnv(cwd, env), timeoutMs, maxBytes: MAX_TEXT, ...(signal && { signal }) };
  let ran = await execWhole('bash', ['-c', command], options);
  if (ran.spawnError === 'ENOENT') ran = await execWhole('sh', ['-c', command], options);
  if (ran.exit === 0) return { ok: true, text: ran.stdout.toString('utf8') };
  const how = ran.timedOut
    ? `it took more than ${timeoutMs / 1000} s`
    : (ran.spawnError ?? ran.signal ?? `exit ${ran.exit}`);
  const said = ran.stderr.toString('utf8').trim().slice(-MAX_WHY);
  return { ok: false, why: said === '' ? how : `${how}: ${said}` };
}
