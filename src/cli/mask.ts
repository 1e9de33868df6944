import { maskFor } from '../compose/mask.ts';
import type { Mask } from '../util/mask.ts';
import type { CliContext, Output } from './context.ts';

/** The context with streams that show no secret. What hands over the user's own bytes (`diff`, `logs --raw`) is left alone. */
export function maskedContext(context: CliContext, command: string | undefined): CliContext {
  if (command === 'diff' || (command === 'logs' && context.argv.includes('--raw'))) return context;
  const mask = maskFor(context);
  return { ...context, stdout: masked(context.stdout, mask), stderr: masked(context.stderr, mask) };
}

/** Sizes are asked of the stream itself: a terminal changes them. */
function masked(output: Output, mask: Mask): Output {
  return {
    write: (text) => output.write(mask(text)),
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
  };
}
