import type { Change, ScopePolicy, Violation } from './scope.ts';
import { symbolCovers, type Touched } from './symbols.ts';

/** A line of a scope that covers a file, or a symbol in it. */
interface Line {
  text: string;
  symbol: string | undefined;
}

interface Lines {
  create: readonly Line[];
  modify: readonly Line[];
  boundary: readonly Line[];
  policy: ScopePolicy;
}

/**
 * Judges the parts of a file that were touched: a symbol in BOUNDARY fails, and a task that may write some symbols of the file
 * may touch these only. Null: nothing is broken so far, and the file is to be judged as a whole.
 */
export function judgeSymbols({ path, kind }: Change, touched: readonly Touched[], lines: Lines): Violation[] | null {
  const walls = touched.flatMap((part) => {
    const wall = lines.boundary.find(({ symbol }) => symbol !== undefined && symbolCovers(symbol, part));
    return wall ? [{ part, entry: wall.text }] : [];
  });
  const at = (part: Touched) => ({ path, kind, symbol: part.symbol ?? REST, line: part.line });
  const broken = walls.map(
    ({ part, entry }): Violation => ({ ...at(part), rule: 'boundary', entry, severity: 'fail' }),
  );
  const writes = [...lines.create, ...lines.modify];
  const wholeFile = writes.length === 0 || writes.some(({ symbol }) => symbol === undefined);
  // A file that is new belongs to whoever made it; of one that is gone nothing is left to tell apart.
  if (wholeFile || kind === 'added') return broken.length > 0 ? broken : null;
  const other = touched.filter((part) => !walls.some((wall) => wall.part === part));
  const severity = lines.policy === 'enforce' ? 'fail' : 'warn';
  const outside = outermost(other.filter((part) => !covering(writes, part)));
  if (kind !== 'modified' && outside.length > 0) return [...broken, { path, kind, rule: 'outside', severity: 'fail' }];
  return [
    ...broken,
    ...outside.map(
      (part): Violation => ({
        ...at(part),
        rule: 'outside',
        severity: part.change === 'removed' ? 'fail' : severity,
      }),
    ),
    ...other.flatMap((part): Violation[] => {
      const rule = whetherThere(part, lines);
      return rule ? [{ ...at(part), ...rule, severity }] : [];
    }),
  ];
}

/** How the part of a file that is no definition is called. */
const REST = '<module>';

function covering(lines: readonly Line[], part: Touched): Line | undefined {
  return lines.find(({ symbol }) => symbol !== undefined && symbolCovers(symbol, part));
}

/** CREATE of a symbol that was there, MODIFY of one that was not; members of both come and go. */
function whetherThere(part: Touched, { create, modify }: Lines): (Pick<Violation, 'rule'> & { entry?: string }) | null {
  const [made, changed] = [covering(create, part), covering(modify, part)];
  if (made && changed) return null;
  const isItself = ({ symbol }: Line) => part.symbol === symbol || part.symbol?.endsWith(`.${symbol}`);
  if (made && part.change !== 'added' && isItself(made)) return { rule: 'created-existing', entry: made.text };
  if (changed && part.change === 'added' && isItself(changed)) return { rule: 'modified-missing', entry: changed.text };
  return null;
}

/** Without the members of what was added or removed as a whole. */
function outermost(parts: readonly Touched[]): Touched[] {
  const wholes = new Set(
    parts.flatMap(({ symbol, change }) => (symbol === null || change === 'modified' ? [] : [`${change} ${symbol}`])),
  );
  return parts.filter(({ symbol, change }) => {
    const names = symbol?.split('.') ?? [];
    return !names.some((_, end) => end > 0 && wholes.has(`${change} ${names.slice(0, end).join('.')}`));
  });
}
