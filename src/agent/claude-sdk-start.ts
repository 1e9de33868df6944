import { readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNoSpace } from '../machine/no-space.ts';
import { runSdkClient } from './claude-sdk-client.ts';
import type { SdkOptions } from './claude-sdk-options.ts';

/** Binds the SDK's client to the real process: options in the last argument, the prompt on stdin, the transcript on stdout. */
export async function start(): Promise<void> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort(signal));
  const exit = await runSdkClient(JSON.parse(process.argv.at(-1)!) as SdkOptions, {
    cwd: process.cwd(),
    env: process.env,
    prompt: readFileSync(0, 'utf8'),
    write: (line) => append(Buffer.from(`${JSON.stringify(line)}\n`)),
    complain: (message) => void writeSync(2, `${message}\n`),
    signal: controller.signal,
  });
  process.exit(exit);
}

/** Waits for room on a full disk: an agent must not end, and its line must not be cut, for that. */
async function append(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      await sleep(1000);
    }
  }
}
