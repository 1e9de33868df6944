import type { Output } from '../../src/cli/context.ts';

/** As much of a terminal as our drawings need; throws for a sequence it does not know. */
export interface Screen extends Output {
  /** What stands on it, without blank lines at the end. */
  lines(): string[];
  /** Lines that have left it at the top. */
  scrolled(): string[];
}

export function screen(columns: number, rows: number): Screen {
  const grid: string[] = [''];
  const gone: string[] = [];
  let row = 0;
  let column = 0;

  function act(sequence: string): void {
    const [, mode, digits, final] = /^\u001b\[(\??)(\d*)([A-Za-z])$/.exec(sequence)!;
    const number = digits === '' ? 1 : Number(digits);
    if (final === 'A') row = Math.max(0, row - number);
    else if (final === 'K' && number === 2) grid[row] = '';
    else if (final === 'J' && digits === '') {
      grid.length = row + 1;
      grid[row] = grid[row]!.slice(0, column);
    } else if (!(mode === '?' && (digits === '7' || digits === '2026'))) {
      throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
    }
  }

  function newline(): void {
    row++;
    column = 0; // as terminals are set up (ONLCR)
    if (row === rows) {
      gone.push(grid.shift()!);
      row--;
    }
    grid[row] ??= '';
  }

  return {
    isTTY: true,
    columns,
    rows,
    write(text) {
      for (const [part] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]/gu)) {
        if (part === '\r') column = 0;
        else if (part === '\n') newline();
        else if (part.startsWith('\u001b')) act(part);
        else if (column < columns) {
          grid[row] = grid[row]!.slice(0, column).padEnd(column) + part + grid[row]!.slice(column + 1);
          column++;
        }
      }
    },
    lines: () => grid.slice(0, grid.findLastIndex((line) => line !== '') + 1),
    scrolled: () => gone,
  };
}
