import type { CliContext, Output } from './context.ts';
import { main } from './main.ts';

/** Binds the CLI to the real process; the only file that reads `process` for it. */
export async function start(): Promise<void> {
  const controller = new AbortController();
  const force = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!controller.signal.aborted) return controller.abort(signal);
    force.abort(signal);
    // The third one ends us as it ends any program; living agents are found again by `resume`.
    for (const each of signals) process.off(each, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  const unread = new AbortController();
  const context: CliContext = {
    argv: process.argv.slice(2),
    cwd: currentFolder(),
    env: process.env,
    stdout: output(process.stdout, () => unread.abort()),
    stderr: output(process.stderr),
    signal: controller.signal,
    force: force.signal,
    unread: unread.signal,
  };
  process.exitCode = await main(context);
}

/** Where the user stands, also when somebody has removed that folder meanwhile. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env.PWD ?? '/';
  }
}

function output(stream: NodeJS.WriteStream, onUnread = () => {}): Output {
  // `copse status | head` closes the pipe: what is left to say has no reader, and that is no error. A run goes on.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error; // EIO: the terminal is gone
    onUnread();
  });
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}
