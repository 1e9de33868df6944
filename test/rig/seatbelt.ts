/**
 * What macOS would say to a profile as copse writes them: that very subset of its language, and nothing else. The last rule that
 * matches counts.
 */
export interface Seatbelt {
  /** Whether what is at a path may be written or made. */
  mayWrite(path: string): boolean;
  /** Whether what is at a path may get a further name. */
  mayLink(path: string): boolean;
  /** Whether what is at a path may be removed, or moved away. */
  mayRemove(path: string): boolean;
}

type Form = string | { text: string } | Form[];

export function seatbelt(profile: string): Seatbelt {
  const [version, ...rules] = formsOf(profile);
  if (JSON.stringify(version) !== '["version","1"]') throw new Error('no version');
  const decide = (operation: string, path: string) => {
    const last = rules.findLast((rule) => matches(rule, operation, path));
    if (last === undefined) throw new Error('no rule');
    return (last as Form[])[0] === 'allow';
  };
  return {
    mayWrite: (path) => decide('file-write-data', path),
    mayLink: (path) => decide('file-link', path),
    mayRemove: (path) => decide('file-write-unlink', path),
  };
}

const OPERATIONS = ['default', 'file-write*', 'file-write-unlink', 'file-link'];

function matches(rule: Form, operation: string, path: string): boolean {
  const [action, ...rest] = rule as [string, ...Form[]];
  const of = rest.filter((each) => typeof each === 'string');
  const filters = rest.slice(of.length);
  if (!['allow', 'deny'].includes(action) || of.length === 0 || !of.every((each) => OPERATIONS.includes(each)))
    throw new Error(`unknown rule ${action} ${of}`);
  const isMeant = (each: string) =>
    each === 'default' || each === operation || (each === 'file-write*' && operation.startsWith('file-write-'));
  return of.some(isMeant) && (filters.length === 0 || filters.some((filter) => holds(filter, path)));
}

function holds(filter: Form, path: string): boolean {
  const [name, value, ...more] = filter as [string, { text: string }, ...Form[]];
  if (typeof value?.text !== 'string' || more.length > 0) throw new Error(`no such filter: ${JSON.stringify(filter)}`);
  if (name === 'literal') return path === value.text;
  if (name === 'subpath') return path === value.text || path.startsWith(`${value.text}/`);
  throw new Error(`unknown filter ${name}`);
}

/** Words, texts and lists, as Scheme reads them. */
function formsOf(source: string): Form[] {
  const open: Form[][] = [[]];
  for (let at = 0; at < source.length; ) {
    const [token] = /^(?:[()]|"(?:[^"\\]|\\.)*"|[^\s()";]+|\s+)/s.exec(source.slice(at)) ?? [];
    if (token === undefined) throw new Error(`cannot be read from ${JSON.stringify(source.slice(at, at + 40))}`);
    at += token.length;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const list = open.pop()!;
      if (open.length === 0) throw new Error('one ) too many');
      open.at(-1)!.push(list);
    } else if (token.startsWith('"')) {
      const text = token.slice(1, -1);
      // `\n`, `\t`, `\x41` would mean something else than the letter.
      if (/\\[^\\"]/.test(text.replace(/\\\\/g, ''))) throw new Error(`an escape that is not ours: ${token}`);
      open.at(-1)!.push({ text: text.replace(/\\(.)/gs, '$1') });
    } else if (token.trim() !== '') open.at(-1)!.push(token);
  }
  if (open.length > 1) throw new Error('a ) is missing');
  return open[0]!;
}
