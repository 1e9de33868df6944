import { randomUUID } from 'node:crypto';
import { type ExecOptions, type ExecResult, exec } from './exec.ts';
import { stopTree } from './stop.ts';

/** Runs a program as `exec` does. Whatever it leaves running is ended with it: who is in its group, or carries its mark. */
export async function execWhole(file: string, args: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const marker = { name: 'COPSE_CHECK', value: randomUUID() };
  const env = { ...(options.env ?? process.env), [marker.name]: marker.value };
  const result = await exec(file, args, { ...options, env });
  if (result.pid === null) return result;
  const ended = { pid: result.pid, start: '' };
  await stopTree({ pid: 0, pidStart: '', marker, members: [ended] }, { graceMs: 1000 });
  return result;
}
