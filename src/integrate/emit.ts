import { randomUUID } from 'node:crypto';
import { exec } from '../process/exec.ts';
import { stopTree } from '../process/stop.ts';
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
  const marker = { name: 'COPSE_CHECK', value: randomUUID() };
  const marked = { ...projectEnv(cwd, env), [marker.name]: marker.value };
  const options = { cwd, env: marked, timeoutMs, maxBytes: MAX_TEXT, ...(signal && { signal }) };
  let ran = await exec('bash', ['-c', command], options);
  if (ran.spawnError === 'ENOENT') ran = await exec('sh', ['-c', command], options);
  await stopTree({ pid: 0, pidStart: '', marker }, { graceMs: 1000 });
  if (ran.exit === 0) return { ok: true, text: ran.stdout.toString('utf8') };
  const how = ran.timedOut
    ? `it took more than ${timeoutMs / 1000} s`
    : (ran.spawnError ?? ran.signal ?? `exit ${ran.exit}`);
  const said = ran.stderr.toString('utf8').trim().slice(-MAX_WHY);
  return { ok: false, why: said === '' ? how : `${how}: ${said}` };
}
