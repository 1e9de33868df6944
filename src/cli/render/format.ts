import type { Cost, RunSettings } from '../../run/event.ts';
import type { Failure } from '../../run/failure.ts';
import { displayWidth, pad } from './width.ts';

/** `✗` of what failed, `!` of what waits for a person. */
export function failureSign({ code }: Failure, { onConflict }: Pick<RunSettings, 'onConflict'>): string {
  const asks = code === 'scope-request' || (code === 'merge-conflict' && onConflict === 'manual');
  return asks ? '!' : '✗';
}

/** `8s`, `2m05`, `1h03`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${two(seconds % 60)}` : `${Math.floor(minutes / 60)}h${two(minutes % 60)}`;
}

/** `$1.23`; `~$1.23` where it is not measured, `-` where nothing is known. */
export function money(cost: Cost): string {
  if (cost.usd === null) return '-';
  const digits = cost.usd > 0 && cost.usd < 0.01 ? 4 : 2;
  return `${cost.source === 'reported' ? '' : '~'}$${cost.usd.toFixed(digits)}`;
}

/** Rows as columns, two spaces apart, without trailing blanks; `right` names the columns that are aligned to the right. */
export function columns(rows: string[][], right: ReadonlySet<number> = new Set()): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(cell));
    });
  return rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at]!, right.has(at)))
      .join('  ')
      .trimEnd(),
  );
}

/** `8s`, `2m`, `3h`, `12d`: one unit is enough for what is past. */
export function age(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ];
  for (const [unit, size] of units) if (ms >= size) return `${Math.floor(ms / size)}${unit}`;
  return `${Math.max(0, Math.floor(ms / 1000))}s`;
}
