import type { Output } from '../context.ts';

/** Draws a block of lines in place, again and again; only lines that changed are written. */
export function redraw(output: Output) {
  let shown: string[] = [];
  return {
    draw(lines: string[]): void {
      const height = Math.max(lines.length, shown.length);
      if (height === 0) return;
      let text = shown.length > 0 ? `\u001b[${shown.length}A` : '';
      for (let at = 0; at < height; at++) {
        const line = lines[at] ?? '';
        text += line === shown[at] ? '\n' : `\r\u001b[2K${line}\n`;
      }
      // A block that shrank leaves empty lines below; keep their height so that the next drawing starts at the top.
      shown = Array.from({ length: height }, (_, at) => lines[at] ?? '');
      output.write(text);
    },
  };
}
