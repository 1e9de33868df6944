import { type Endpoint, type Framework, joinPaths } from './endpoint.ts';

/** Something that routes are hung on, by an id that is the same wherever it is named: `src/users.ts#router`. */
export interface Router {
  id: string;
  framework: Framework;
  /** Of its own: `APIRouter(prefix="/users")`. */
  prefix: string;
  /** An application: it answers without being mounted. */
  isRoot: boolean;
  /** There is more in its own prefix, which nobody here knows. */
  isUnclear?: boolean;
}

export interface Route {
  router: string;
  method: string;
  /** Beneath its router, in the form of {@link Endpoint.path}. */
  path: string;
  file: string;
  line: number;
}

export interface Mount {
  parent: string;
  child: string;
  /** Null: it is computed, so nobody here knows it. */
  prefix: string | null;
  /** Stands in place of the child's own prefix (Flask). */
  replaces?: boolean;
}

/** Routers, what hangs on them, and how they hang on each other: of all files of a project. */
export interface Routing {
  routers: Map<string, Router>;
  routes: Route[];
  mounts: Mount[];
}

export function emptyRouting(): Routing {
  return { routers: new Map(), routes: [], mounts: [] };
}

interface Place {
  prefix: string;
  loose: boolean;
}

/** Deeper is a mistake, or a loop. */
const MAX_DEPTH = 12;
/** Places of one router; more are a mistake. */
const MAX_PLACES = 32;

/** Every route with all that stands before it. */
export function resolveMounts({ routers, routes, mounts }: Routing): Endpoint[] {
  const above = new Map<string, Mount[]>();
  for (const mount of mounts) above.set(mount.child, [...(above.get(mount.child) ?? []), mount]);
  const known = new Map<string, Place[]>();

  function placesOf(id: string, depth: number): Place[] {
    const before = known.get(id);
    if (before) return before;
    const router = routers.get(id);
    const own = router?.prefix ?? '';
    const over = (above.get(id) ?? []).filter(({ parent }) => parent !== id && routers.has(parent));
    const unmounted = { prefix: own, loose: !router?.isRoot || router.isUnclear === true };
    if (over.length === 0 || depth > MAX_DEPTH) return [unmounted];
    const places = over.flatMap(({ parent, prefix, replaces }) =>
      placesOf(parent, depth + 1).map((place) => ({
        prefix: prefix === null ? own : joinPaths(place.prefix, prefix, replaces ? '' : own),
        loose: place.loose || prefix === null || (router?.isUnclear === true && !replaces),
      })),
    );
    known.set(id, places.slice(0, MAX_PLACES));
    return places.slice(0, MAX_PLACES);
  }

  const endpoints = routes.flatMap((route) => {
    const router = routers.get(route.router);
    if (!router) return [];
    return placesOf(route.router, 0).map(({ prefix, loose }): Endpoint => {
      const { method, file, line } = route;
      const { framework } = router;
      return { method, path: joinPaths(prefix, route.path), framework, file, line, ...(loose && { loose }) };
    });
  });
  return unique(endpoints);
}

function unique(endpoints: readonly Endpoint[]): Endpoint[] {
  return [
    ...new Map(endpoints.map((each) => [`${each.method} ${each.path} ${each.file}:${each.line}`, each])).values(),
  ];
}
