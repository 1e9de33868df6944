import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { screen } from '../../../test/rig/screen.ts';
import { redraw } from './redraw.ts';

const COLUMNS = 20;
const ROWS = 8;
const block = fc.array(fc.stringMatching(/^[a-z .]{0,19}[a-z]$/), { minLength: 1, maxLength: ROWS - 1 });

describe('drawing in place', () => {
  it('shows the last block and nothing of those before, below what stood there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('$ a', '$ b'), { maxLength: 12 }),
        fc.array(block, { minLength: 1 }),
        (above, blocks) => {
          const terminal = screen(COLUMNS, ROWS);
          for (const line of above) terminal.write(`${line}\n`);
          const { draw } = redraw(terminal);
          for (const lines of blocks) {
            draw(lines);
            expect([...terminal.scrolled(), ...terminal.lines()]).toEqual([...above, ...lines]);
          }
        },
      ),
    );
  });

  it('takes away the ^C that the terminal echoes', () => {
    const terminal = screen(COLUMNS, ROWS);
    const { draw } = redraw(terminal);
    draw(['one', 'two']);
    terminal.write('^C');
    draw(['one', 'three']);
    expect(terminal.lines()).toEqual(['one', 'three']);
  });

  it('writes only lines that changed', () => {
    let written = '';
    const { draw } = redraw({ isTTY: true, columns: 40, rows: 10, write: (text) => (written += text) });
    draw(['the first', 'the second']);
    written = '';
    draw(['the first', 'the third']);
    expect(written).toContain('the third');
    expect(written).not.toContain('the first');
  });

  it('draws all anew when the terminal has become narrower, from where its broken lines begin', () => {
    const terminal = screen(10, 20);
    const size = { columns: 20 };
    let muted = true;
    const { draw } = redraw({
      isTTY: true,
      rows: 20,
      get columns() {
        return size.columns;
      },
      write: (text) => void (muted || terminal.write(text)),
    });
    draw(['0123456789abcdefghij', 'short']);
    terminal.write('prompt\n0123456789\nabcdefghij\nshort\n'); // what 10 columns make of it
    size.columns = 10;
    muted = false;
    draw(['0123', 'new']);
    expect(terminal.lines()).toEqual(['prompt', '0123', 'new']);
  });
});
