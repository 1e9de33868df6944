import type { CliContext, Output } from './context.ts';
import { main } from './main.ts';

/** Binds the CLI to the real process; the only file that reads `process` for it. */
export async function start(): Promise<void> {
  const controller = new AbortController();
  const force = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (controller.signal.aborted ? force : controller).abort(signal));
  }
  const context: CliContext = {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    signal: controller.signal,
    force: force.signal,
  };
  process.exitCode = await main(context);
}

function output(stream: NodeJS.WriteStream): Output {
  // `copse status | head` closes the pipe: what is left to say has no reader, and that is no error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
  };
}
