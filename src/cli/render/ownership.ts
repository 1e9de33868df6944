import type { Owner, OwnershipRow } from '../../plan/ownership.ts';
import type { TaskId } from '../../plan/plan.ts';
import { printable } from '../../plan/text.ts';
import { count, type Style, wrapWords } from '../style.ts';

interface View {
  /** Columns. */
  width: number;
  verbose: boolean;
  style: Style;
}

const MAX_ROWS = 100;

/** The file ownership matrix as a table; ids are shortened to their numbers when they would not fit otherwise. */
export function showOwnership(
  rows: readonly OwnershipRow[],
  ids: readonly TaskId[],
  { style, width, verbose }: View,
): string {
  const shown = verbose ? rows : rows.slice(0, MAX_ROWS);
  const { columns, name } = layout(shown, ids, Math.max(40, Math.min(width, 160)));
  const lines = shown.flatMap((row) =>
    tableRow([pathOf(row), listed(row.create, name), listed(row.modify, name)], columns),
  );
  const hidden = rows.length - shown.length;
  if (hidden > 0) lines.push(style.dim(`  … and ${count(hidden, 'more file')}; --verbose shows them all`));
  const title = `${style.bold('File ownership')}  ${style.dim('who may write what, and in which wave')}`;
  return `${title}\n${style.dim(cells(['FILE', 'CREATE', 'MODIFY'], columns))}\n${lines.join('\n')}\n`;
}

/** `task-001` for `task-001-users`, when no other task has that number; else the id. */
export function shortNames(ids: readonly TaskId[]): (id: TaskId) => string {
  const stem = (id: TaskId) => /^(?:[A-Za-z]+-)?\d+(?=-|$)/.exec(id)?.[0] ?? id;
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(stem(id), (counts.get(stem(id)) ?? 0) + 1);
  return (id) => (counts.get(stem(id)) === 1 ? stem(id) : id);
}

type Name = (id: TaskId) => string;
type Columns = [number, number, number];

/** The lists get room for their longest name, the path what is left; what nobody needs goes to the last column. */
function layout(
  rows: readonly OwnershipRow[],
  ids: readonly TaskId[],
  width: number,
): { columns: Columns; name: Name } {
  const room = width - 6;
  const path = widest(rows.map(pathOf));
  const need = (name: Name) => {
    const longest = (lists: readonly (readonly Owner[])[]) =>
      widest(lists.flatMap((list) => list.map((owner) => listed([owner], name) + (list.length > 1 ? ',' : ''))));
    return [longest(rows.map((row) => row.create)), longest(rows.map((row) => row.modify))] as const;
  };
  const whole = need((id) => id);
  const name = path + whole[0] + whole[1] <= room ? (id: TaskId) => id : shortNames(ids);
  const [create, modify] = need(name);
  // A path that does not fit has a line of its own, so it does not widen the column either.
  const limit = Math.max(16, room - create - modify);
  const first = widest(rows.map(pathOf).filter((text) => text.length <= limit));
  const all = widest(rows.map((row) => listed(row.create, name)));
  const second = Math.min(all, Math.max(create, Math.floor((room - first) / 2)));
  return { columns: [first, second, room - first - second], name };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 6);
}

function pathOf({ path, symbol }: OwnershipRow): string {
  return printable(symbol === undefined ? path : `${path}::${symbol}`);
}

/** The space inside an entry is a hard one, so that lists wrap between entries. */
function listed(list: readonly Owner[], name: Name): string {
  return list.length === 0 ? '-' : list.map(({ task, wave }) => `${printable(name(task))}\u00a0w${wave}`).join(', ');
}

/** One row; lists wrap inside their column, a path that is too long takes a line of its own. */
function tableRow([name, create, modify]: [string, string, string], columns: Columns): string[] {
  const lists = [wrapWords(create, columns[1]), wrapWords(modify, columns[2])] as const;
  const own = name.length > columns[0];
  const height = Math.max(lists[0].length, lists[1].length);
  const lines = Array.from({ length: height }, (_, index) =>
    cells([index === 0 && !own ? name : '', lists[0][index] ?? '', lists[1][index] ?? ''], columns),
  );
  return own ? [`  ${name}`, ...lines] : lines;
}

function cells([name, create, modify]: [string, string, string], columns: Columns): string {
  const line = `  ${name.padEnd(columns[0])}  ${create.padEnd(columns[1])}  ${modify}`.trimEnd();
  return line.replaceAll('\u00a0', ' ');
}
