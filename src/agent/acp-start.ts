import { readFileSync, writeSync } from 'node:fs';
import { runAcpClient } from './acp-client.ts';
import type { AcpOptions } from './acp-options.ts';

/** Binds the ACP client to the real process: options in the first argument, the prompt on stdin, the transcript on stdout. */
export async function start(): Promise<void> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort(signal));
  const exit = await runAcpClient(JSON.parse(process.argv.at(-1)!) as AcpOptions, {
    cwd: process.cwd(),
    env: process.env,
    prompt: readFileSync(0, 'utf8'),
    write: (line) => void writeSync(1, `${JSON.stringify(line)}\n`),
    signal: controller.signal,
  });
  process.exit(exit);
}
