import type { MergeFault } from './fault.ts';

/** `router.get('/x'`, `@app.post("/x"`, `mux.HandleFunc("GET /x"`: what a router is given, by the name that it has in the file. */
const ROUTE =
  /(?:^|[\s@])([A-Za-z_]\w*)\.(get|post|put|patch|delete|Get|Post|Put|Patch|Delete|HandleFunc|Handle)\(\s*(?:'([^'\n]*)'|"([^"\n]*)")\s*,?/gm;

/**
 * Endpoints that a file gives to one router more often as it was merged than on any side alone: only one of them will ever answer.
 * @param sides the same file, as each of them left it
 */
export function routedTwice(file: string, merged: string, sides: readonly string[]): MergeFault[] {
  const before = sides.map(routesIn);
  return [...routesIn(merged)].flatMap(([route, lines]) => {
    const most = Math.max(0, ...before.map((side) => side.get(route)?.length ?? 0));
    if (lines.length < 2 || lines.length <= most) return [];
    return lines.map((line): MergeFault => {
      const others = lines.filter((each) => each !== line);
      return {
        file,
        line,
        name: `${route} is there twice`,
        message: `given to it as well at ${file}:${others.join(', ')}`,
      };
    });
  });
}

/** Lines of each endpoint, from 1. Paths begin with `/`, or in Go with a method: others are keys of maps. */
function routesIn(text: string): Map<string, number[]> {
  const routes = new Map<string, number[]>();
  for (const match of text.matchAll(ROUTE)) {
    const [whole, router, verb, single, double] = match;
    const path = (single ?? double)!;
    if (!/^(?:[A-Z]+ )?\//.test(path)) continue;
    const route = /^Handle/.test(verb!) ? `${router} ${path}` : `${router} ${verb!.toUpperCase()} ${path}`;
    const at = match.index + whole.indexOf(router!);
    routes.set(route, [...(routes.get(route) ?? []), text.slice(0, at).split('\n').length]);
  }
  return routes;
}
