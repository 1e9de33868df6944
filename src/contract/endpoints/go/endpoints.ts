import type { Tree } from '../../../syntax/parse.ts';
import type { Endpoint } from '../endpoint.ts';
import { emptyRouting, resolveMounts } from '../mounts.ts';
import { readProject } from './package.ts';
import { readRoutes } from './read.ts';

/** What Go files answer to: net/http, chi, and gorilla/mux, which is alike. */
export function goEndpoints(trees: ReadonlyMap<string, Tree>): Endpoint[] {
  const project = readProject(trees);
  const routing = emptyRouting();
  for (const each of project.packages.values()) {
    for (const file of each.files) readRoutes(file, each, project, routing);
  }
  return resolveMounts(routing);
}
