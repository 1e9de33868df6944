/** What `:id`, `:id(\\d+)`, `:id{[0-9]+}`, `*` and `*rest` of Express, Fastify, Hono and Nest are here; an optional one gives two. */
export function fromColons(path: string): string[] {
  const optional = /\/?(?::\w+(?:\([^()]*\)|\{[^{}]*\})?\?|\{\/?:\w+\})$/.exec(path);
  if (optional) return [...fromColons(path.slice(0, optional.index)), ...fromColons(asRequired(path, optional.index))];
  const named = path
    .replace(/:(\w+)(?:\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\})?[*+]?/g, '{$1}')
    .replace(/\{\*(\w*)\}|(?:\(\.\*\)|\*(\w*))/g, (_, braced?: string, bare?: string) => `{*${braced ?? bare ?? ''}}`);
  return [named];
}

function asRequired(path: string, from: number): string {
  const last = path
    .slice(from)
    .replace(/\?$/, '')
    .replace(/^\{(\/?:\w+)\}$/, '$1');
  return `${path.slice(0, from)}${last.startsWith('/') || path[from - 1] === '/' ? '' : '/'}${last}`;
}

/** `{id}`, `{id:[0-9]+}`, `{file:path}`, `{rest...}`, `{$}` and a last `*` of FastAPI, chi and net/http. */
export function fromBraces(path: string): string {
  return path
    .replace(/\{\$\}$/, '')
    .replace(/\{(\w+)(?:\.\.\.|:path)\}/g, '{*$1}')
    .replace(/\{(\w+):(?:[^{}]|\{[^{}]*\})*\}/g, '{$1}')
    .replace(/\*$/, '{*}');
}

/** `<id>`, `<int:id>` and `<path:rest>` of Flask and Django. */
export function fromAngles(path: string): string {
  return path.replace(/<(?:(\w+)(?:\([^()]*\))?:)?(\w+)>/g, (_, kind: string | undefined, name: string) =>
    kind === 'path' ? `{*${name}}` : `{${name}}`,
  );
}

/** A regular expression of Django's `re_path`, as far as it is a path with groups; null when it says more than that. */
export function fromRegex(source: string): string | null {
  const bare = source.replace(/^\^/, '').replace(/\\?(?:\$|\\Z)$/, '');
  const path = bare
    .replace(/\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)/g, '{$1}')
    .replace(/\((?!\?)[^()]*\)/g, '{arg}')
    .replace(/\\([./-])/g, '$1')
    .replace(/\/\?$/, '/');
  return /[()[\]?+*^$|\\]/.test(path) ? null : path;
}
