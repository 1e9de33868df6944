import type { Output } from '../context.ts';
import { displayWidth } from './width.ts';

/** Terminals that know it show a frame at once, others ignore it (synchronised output). */
const FRAME = ['\u001b[?2026h', '\u001b[?2026l'] as const;
/** Within a frame long lines are cut, not broken: a character drawn wider than we think must not cost a line. */
const NO_WRAP = ['\u001b[?7l', '\u001b[?7h'] as const;

/** Draws a block of lines in place, again and again; the cursor rests below it, so that whatever ends us leaves it well. */
export function redraw(output: Output) {
  let shown: string[] = [];
  let size = { columns: output.columns, rows: output.rows };

  /** Moves to the first line of the block, wherever the terminal has put it. */
  function toTop(): string {
    const { columns, rows } = output;
    const resized = columns !== size.columns || rows !== size.rows;
    size = { columns, rows };
    // A narrower terminal has broken our lines, a lower one has scrolled the first ones away: all is drawn anew.
    const height = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    const up = Math.min(height, rows - 1);
    if (resized) shown = [];
    return `\r${up > 0 ? `\u001b[${up}A` : ''}${resized ? '\u001b[J' : ''}`;
  }

  return {
    draw(lines: string[]): void {
      let text = toTop();
      for (const [at, line] of lines.entries()) text += line === shown[at] ? '\n' : `\u001b[2K${line}\r\n`;
      shown = [...lines];
      // Below stands what a higher block has left, and the `^C` that the terminal echoes.
      output.write(`${FRAME[0]}${NO_WRAP[0]}${text}\u001b[J${NO_WRAP[1]}${FRAME[1]}`);
    },
  };
}
